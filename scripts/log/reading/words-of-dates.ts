import { literal } from "../sql/literal.ts";

/**
 * Names of months besides the English ones, in small letters, as German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech,
 * Swedish, Danish, Norwegian, Finnish, Turkish, Russian and Indonesian write them in dates. No name is of two months.
 */
const months: Readonly<Record<string, string>> = {
  Jan: "januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty ledna leden tammikuuta tammi ocak oca января янв",
  Feb: "februar feber février févr fév fevrier febrero febbraio fevereiro fev februari lutego luty lut února únor helmikuuta helmi şubat şub февраля фев",
  Mar: "märz maerz mrz mär mars marzo março marco maart mrt marca marzec marts března březen maaliskuuta maalis mart марта мар maret",
  Apr: "avril avr abril abr aprile april kwietnia kwiecień kwi dubna duben huhtikuuta huhti nisan nis апреля апр",
  May: "mai mayo maggio mag maio mei maj maja května květen toukokuuta touko mayıs мая",
  Jun: "juni juin junio giugno giu junho czerwca czerwiec cze června červen kesäkuuta kesä haziran haz июня июн",
  Jul: "juli juillet juil julio luglio lug julho lipca lipiec lip července červenec heinäkuuta heinä temmuz tem июля июл",
  Aug: "août aout agosto ago augustus augusti sierpnia sierpień sie srpna srpen elokuuta elo ağustos ağu августа авг agustus agu",
  Sep: "september sept septembre septiembre setiembre settembre set setembro września wrzesień wrz září syyskuuta syys eylül eyl сентября сен сент",
  Oct: "oktober okt octobre octubre ottobre ott outubro out października październik paź října říjen lokakuuta loka ekim eki октября окт",
  Nov: "november novembre noviembre novembro listopada listopad lis marraskuuta marras kasım kas ноября ноя нояб",
  Dec: "dezember dez décembre decembre déc diciembre dic dicembre dezembro december desember des grudnia grudzień gru prosince prosinec joulukuuta joulu aralık ara декабря дек",
};

/** Words that stand in dates and say nothing: `1er`, `3 de marzo de 2024`, `um 14:30 Uhr`. */
const fillers = "de del den der er º um uhr à às kl klo le il el";

/** Names of days in these languages; which day it is says nothing beside a date. */
const weekdays =
  "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche " +
  "lun mer jeu ven sam dim lunes martes miércoles miercoles jueves viernes sábado sabado domingo mié jue vie sáb dom lunedì martedì mercoledì giovedì " +
  "venerdì sabato domenica gio sab maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota " +
  "niedziela måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag";

const words = (list: string) => list.split(" ");
const meanings: ReadonlyMap<string, string> = new Map([
  ...words(weekdays).map((word) => [word, "Mon"] as const),
  ...words(fillers).map((word) => [word, ""] as const),
  ...Object.entries(months).flatMap(([month, names]) => words(names).map((name) => [name, month] as const)),
]);
const monthNames: ReadonlySet<string> = new Set(Object.values(months).flatMap(words));

const wordPattern = "\\p{L}+";

/** Whether a text has a number and the name of a month that is none of English. */
export function hasForeignMonth(text: string): boolean {
  if (!/\d/.test(text) || text.length > 80) return false;
  return (text.match(/\p{L}{3,}/gu) ?? []).some((word) => monthNames.has(word.toLowerCase()));
}

/** A date with its words in English, such as `15. Okt. 2024` and `3 de marzo de 2024`: the forms of times are of English only. */
export function inEnglish(text: string): string {
  const put = text.replace(/\p{L}+/gu, (word) => meanings.get(word.toLowerCase()) ?? word);
  return put.replace(/ {2,}/g, " ").trim();
}

/** The same in SQL. */
export function inEnglishSql(text: string): string {
  const known = [...meanings].map(([word, meaning]) => `${literal(word)}: ${literal(meaning)}`);
  const put = `coalesce(map_extract(MAP {${known.join(", ")}}, lower(word))[1], word)`;
  const parts = `regexp_extract_all(${text}, ${literal(`${wordPattern}|[^\\p{L}]+`)})`;
  return `trim(regexp_replace(array_to_string(list_transform(${parts}, lambda word: ${put}), ''), ' {2,}', ' ', 'g'))`;
}
