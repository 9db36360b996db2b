import { literal } from "../sql/literal.ts";
import { longestTime } from "./shaped-forms.ts";

/**
 * Names of months besides the English ones, in small letters, as German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech,
 * Swedish, Danish, Norwegian, Finnish, Hungarian, Turkish, Russian and Indonesian write them in dates. No name is of two months in these languages:
 * `listopada`, here November, is October in Croatian. Turkish ones have an i for the ı that capitals without a dot may be.
 */
const months: Readonly<Record<string, string>> = {
  Jan: "januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty ledna leden led tammikuuta tammi ocak oca января янв január",
  Feb: "februar feber février févr fév fevrier febrero febbraio fevereiro fev februari lutego luty lut února únor úno helmikuuta helmi şubat şub февраля фев február febr",
  Mar: "märz maerz mrz mär mars marzo março marco maart mrt marca marzec marts března březen bře maaliskuuta maalis mart марта мар maret március márc",
  Apr: "avril avr abril abr aprile april kwietnia kwiecień kwi dubna duben dub huhtikuuta huhti nisan nis апреля апр április ápr",
  May: "mai mayo maggio mag maio mei maj maja května květen kvě toukokuuta touko mayıs mayis мая május máj",
  Jun: "juni juin junio giugno giu junho czerwca czerwiec cze června červen čvn kesäkuuta kesä haziran haz июня июн június jún",
  Jul: "juli juillet juil julio luglio lug julho lipca lipiec lip července červenec čvc heinäkuuta heinä temmuz tem июля июл július júl",
  Aug: "août aout agosto ago augustus augusti sierpnia sierpień sie srpna srpen srp elokuuta elo ağustos ağu августа авг agustus agu augusztus",
  Sep: "september sept septembre septiembre setiembre settembre set setembro września wrzesień wrz září zář syyskuuta syys eylül eyl сентября сен сент szeptember szept",
  Oct: "oktober okt octobre octubre ottobre ott outubro out października październik paź října říjen říj lokakuuta loka ekim eki октября окт október",
  Nov: "november novembre noviembre novembro listopada listopadu listopad lis marraskuuta marras kasım kasim kas ноября ноя нояб",
  Dec: "dezember dez décembre decembre déc diciembre dic dicembre dezembro december desember des grudnia grudzień gru prosince prosinec joulukuuta joulu aralık aralik ara декабря дек",
};

/** Words that stand in dates and say nothing: `1er`, `3 de marzo de 2024`, `um 14:30 Uhr`. */
const fillers = "de del den der er º um uhr à às kl klo le il el";

/** Names of days in these languages; which day it is says nothing beside a date. */
const weekdays =
  "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche " +
  "lun mer jeu ven sam dim lunes martes miércoles miercoles jueves viernes sábado sabado domingo mié jue vie sáb dom lunedì martedì mercoledì giovedì " +
  "venerdì sabato domenica gio sab maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota " +
  "niedziela måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag";

/** Those, in further languages and short forms, that may be other words, even months: they are days before the number of a day only. */
const leadingWeekdays =
  "mar mer jue ven sáb sab dom lun mié mie jeu sam dim gio ma di wo do vr za zo mån tis ons tors tor fre lör sön man tir lør søn " +
  "pon pn wt śr czw cz pt sob niedz nd po út st čt pá so ne pondělí úterý středa čtvrtek pátek neděle ti ke to pe la su " +
  "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai pazartesi salı sali çarşamba perşembe cuma cumartesi pazar pzt sal çar per " +
  "cum cmt paz пн вт ср чт пт сб вс понедельник вторник среда четверг пятница суббота воскресенье seg ter qua qui sex segunda terça quarta quinta " +
  "sexta senin selasa rabu kamis jumat sabtu minggu sen sel rab kam jum min";

const words = (list: string) => list.split(" ");
const meanings: ReadonlyMap<string, string> = new Map([
  ...words(weekdays).map((word) => [word, "Mon"] as const),
  ...words(fillers).map((word) => [word, ""] as const),
  ...Object.entries(months).flatMap(([month, names]) => words(names).map((name) => [name, month] as const)),
]);
const monthNames: ReadonlySet<string> = new Set(Object.values(months).flatMap(words));

const wordPattern = "\\p{L}+";
const word = new RegExp(wordPattern, "gu");

const englishMonths = words("jan feb mar apr may jun jul aug sep oct nov dec");
const monthPattern = [...monthNames, ...englishMonths].join("|");
const dayPattern = words(`${weekdays} ${leadingWeekdays}`).join("|");
/** A date behind the name of its day, such as `mar. 4 juin 2024`, which is no day of March. */
const behindWeekday = `^ *(?:(?:le|il|el) +)?(?:${dayPattern})(?:-feira)?[.,]* +(\\d+(?:er)?[^\\p{L}]*(?:de +)?(?:${monthPattern})(?:[^\\p{L}].*)?)$`;
const weekdayFirst = new RegExp(behindWeekday, "iu");

/** What stands between a date and a time of day: `@` in Kibana, a dash, or a word for "at" or "o'clock". */
const joints = "@|-|\u2013|um|à|às|alle|ore|om|a las|kl\\.?|klo|ob|г\\.,?";
/** What stands behind a time of day for "o'clock". */
const hourWords = "Uhr|uur|hrs?\\.?|hs\\.?|h\\.?|ч\\.?";

/**
 * What programs write around and within times, and what is meant: marks of the direction of writing (Windows), the words of JSON of
 * .NET, commas, apostrophes and hard blanks between the thousands of an epoch number, AM and PM in other languages, words and signs for
 * hours, zones as GMT+1, and a time of day before its date. Each is tried on what those before it have made.
 */
const liberties: readonly (readonly [pattern: string, meaning: string])[] = [
  ["[\u200e\u200f\u202a-\u202e\u2066-\u2069]", ""],
  ["\u2212", "-"],
  ["^/Date\\(([0-9]+)(?:[+-][0-9]{4})?\\)/$", "\\1"],
  // Of seconds, and of milliseconds.
  thousands(4),
  thousands(5),
  // What logs have around a time, ISO 8601's or ctime's.
  ["^\\[([0-9]{4}-.*|[A-Z][a-z]{2} .*)\\]$", "\\1"],
  // Names of days in East Asia.
  [" ?(?:[(\uff08](?:[日月火水木金土]|[일월화수목금토])[)\uff09]|(?:星期|[週周])[一二三四五六日天]) ?", " "],
  ["([0-9]{4})년 ?([0-9]{1,2})월 ?([0-9]{1,2})일", "\\1-\\2-\\3"],
  ["日([0-9上下午])", "日 \\1"],
  // Hours, minutes and seconds by their signs.
  ["([0-9]{1,2})[时時시] ?([0-9]{1,2})[分분] ?([0-9]{1,2})[秒초]", "\\1:\\2:\\3"],
  ["([0-9]{1,2})[时時点시] ?([0-9]{1,2})[分분]", "\\1:\\2"],
  ["(?:上午|오전|午前) ?([0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?)", "\\1 AM"],
  ["(?:下午|오후|午後) ?([0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?)", "\\1 PM"],
  // AM and PM in Vietnam, Greece, Arab countries and Turkey.
  ["([0-9]) ?(?:SA|πμ|π\\.μ\\.|ص|ÖÖ)$", "\\1 AM"],
  ["([0-9]) ?(?:CH|μμ|μ\\.μ\\.|م|ÖS)$", "\\1 PM"],
  [`([0-9]\\.?),? (?:${joints}) ([0-9]{1,2}[:.h][0-9])`, "\\1 \\2"],
  [`([0-9]) ?(?:${hourWords})$`, "\\1"],
  ["([ T][0-9]{1,2}) ?h ?([0-5][0-9])$", "\\1:\\2"],
  ["([ T][0-9]{1,2}) ?h ?([0-5][0-9]) ?(?:min|mn|m) ?([0-5][0-9]) ?s?$", "\\1:\\2:\\3"],
  // Of Go, with the reading of another clock and a zone that has no letters.
  [" m=[+-][0-9.]+$", ""],
  ["([+-][0-9]{4}) [+-][0-9]{2}(?:[0-9]{2})?$", "\\1"],
  // GMT+1, (UTC+8), UTC+5:30, GMT-11 and (UTC), which is not that of mail behind an offset.
  [" ?\\(?(?:GMT|UTC) ?([+-])([0-9])(:[0-9]{2})?\\)?$", " \\10\\2\\3"],
  [" ?\\((?:GMT|UTC) ?([+-][01][0-9](?::?[0-9]{2})?)\\)$", " \\1"],
  [" ?(?:GMT|UTC) ?([+-][01][0-9])$", " \\1"],
  ["([^+-][0-9:]{4}) \\((UTC|GMT)\\)$", "\\1 \\2"],
  // Of LDAP and HL7: 20250103081530.0Z.
  ["^([0-9]{8})([0-9]{6})(?:\\.[0-9]+)?(Z|[+-][0-9]{4})$", "\\1T\\2\\3"],
  // Of Hungary, with the year before the name of the month, and of Apache's errors, with a fraction before the year.
  ["^([0-9]{4})\\. ?([^0-9 .]{3,})\\.? ([0-9]{1,2})\\.?,?( |$)", "\\3 \\2 \\1\\4"],
  ["^([A-Z][a-z]{2} [A-Z][a-z]{2} [0-9 ][0-9] [0-9:]{8})\\.[0-9]{1,9} ([0-9]{4})$", "\\1 \\2"],
  // Of pictures (2025:01:03), and month and day before a year (01 3, 2025).
  ["^([0-9]{4}):([0-9]{2}):([0-9]{2}) ", "\\1-\\2-\\3 "],
  ["^([0-9]{2}) ([0-9]{1,2}), ([0-9]{4})$", "\\1/\\2/\\3"],
  [
    "^([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp]\\.?[Mm]\\.?)?),? ([0-9]{1,4}[-/. ].*[0-9]|[A-Z][a-z]+ .*[0-9])( (?:UTC|GMT))?$",
    "\\2 \\1\\3",
  ],
];

/** A number in groups of thousands. */
function thousands(groups: number): readonly [pattern: string, meaning: string] {
  const further = Array.from({ length: groups - 1 }, () => "[,'\u2019\u00a0\u202f]([0-9]{3})");
  return [`^([0-9]{1,3})${further.join("")}$`, Array.from({ length: groups }, (_, group) => `\\${group + 1}`).join("")];
}

const libertyPatterns = liberties.map(
  ([pattern, meaning]) => [new RegExp(pattern, "g"), meaning.replaceAll("\\", "$")] as const,
);

function withoutLiberties(text: string): string {
  const narrow = text.replace(wideCharacter, (one) => narrowCharacters.charAt(wideCharacters.indexOf(one)));
  return libertyPatterns.reduce((plain, [pattern, meaning]) => plain.replace(pattern, meaning), narrow);
}

/** Digits and marks as wide as the signs of East Asia, and the same as everywhere else. */
const wideCharacters = "０１２３４５６７８９：／－．\u3000";
const narrowCharacters = "0123456789:/-. ";
const wideCharacter = new RegExp(`[${wideCharacters}]`, "g");

/** Whether a text is written in a way that `inEnglish` makes a plain one of, names of months apart. */
export function hasLiberties(text: string): boolean {
  // Other texts, which most are, have fewer digits than a date, or are plain times.
  if (text.length > longestTime || !/(?:[\d０-９][^\d０-９]*){6}/.test(text) || plainTime.test(text)) return false;
  return withoutLiberties(text) !== text;
}

/** A time without any liberty: digits and marks, in at most two parts, of which the first is a date. */
const plainTime = /^(?!\d{4}:|\d{1,2}:|\d{14})[\d/.:TZ+-]+(?: [\d/.:Z+-]+)?$/;

/** Letters with their marks as one each, and the capital of Turkish as the one that every language has. */
function plainLetters(text: string): string {
  return text.normalize("NFC").replaceAll("İ", "I");
}

/** Whether a text has a number and words of dates that the forms of times do not have; `September` they do, and it stays what it is. */
export function hasForeignMonth(text: string): boolean {
  if (!/\d/.test(text) || text.length > longestTime) return false;
  // Most texts are ASCII, for which the patterns of letters in all languages need not be compiled.
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const plain = isAscii ? text : plainLetters(text);
  const found = plain.match(isAscii ? /[A-Za-z]{3,}/g : /\p{L}{3,}/gu)?.map((word) => word.toLowerCase()) ?? [];
  if (found.some((word) => monthNames.has(word))) return true;
  return found.some((word) => englishMonths.includes(word)) && weekdayFirst.test(plain);
}

/** A text in which there are other words or liberties of dates in plain English; any other as it is. */
export function englishIfForeign(text: string): string {
  return hasForeignMonth(text) || hasLiberties(text) ? inEnglish(text) : text;
}

/** A date with its words in English, such as `15. Okt. 2024` and `3 de marzo de 2024`: the forms of times are of English only. */
export function inEnglish(text: string): string {
  const date = plainLetters(withoutLiberties(text)).replace(weekdayFirst, "$1");
  const put = date.replace(word, (found) => meanings.get(found.toLowerCase()) ?? found);
  return put.replace(/ {2,}/g, " ").trim();
}

/** The same in SQL. */
export function inEnglishSql(text: string): string {
  const known = [...meanings].map(([word, meaning]) => `${literal(word)}: ${literal(meaning)}`);
  const put = "coalesce(map_extract(known, lower(word))[1], word)";
  const free = liberties.reduce(
    (sql, [pattern, meaning]) => `regexp_replace(${sql}, ${literal(pattern)}, ${literal(meaning)}, 'g')`,
    `translate(${text}, ${literal(wideCharacters)}, ${literal(narrowCharacters)})`,
  );
  const plain = `replace(nfc_normalize(${free}), 'İ', 'I')`;
  const date = `regexp_replace(${plain}, ${literal(`(?i)${behindWeekday}`)}, '\\1')`;
  const parts = `regexp_extract_all(${date}, ${literal(`${wordPattern}|[^\\p{L}]+`)})`;
  const words = `list_transform(${parts}, lambda word: ${put})`;
  // DuckDB makes the map anew for each word where it stands beside it, which takes forty times as long as all else.
  const translated = `list_transform([MAP {${known.join(", ")}}], lambda known: ${words})[1]`;
  return `trim(regexp_replace(array_to_string(${translated}, ''), ' {2,}', ' ', 'g'))`;
}
