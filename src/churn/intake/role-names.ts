/** Names that mean a role, the clearest first, as lower-case letters and digits only. */
export const roleNames = {
  user: [
    ...["userid", "user", "useruuid", "customerid", "customer", "uid", "memberid", "member", "accountid", "account"],
    ...["clientid", "client", "subscriberid", "subscriber", "studentid", "idstudent", "playerid", "visitorid"],
    ...["distinctid", "userpseudoid", "domainuserid", "anonymousid", "username", "login", "authoremail", "author"],
    ...["email", "useremail", "customeremail", "actor", "actorid", "useridstr", "csusername"],
    ...["contactid", "requesterid", "profileid", "customeruserid", "remoteuser", "emailaddress", "mail", "kunnr"],
    ...["custid", "customerno", "customernumber", "personid", "shopperid", "buyerid", "buyer", "buyerusername"],
    ...["householdkey"],
    ...["fullvisitorid", "subscriberkey", "reviewerid", "userfullname"],
    ...["kunde", "kundennr", "kundennummer", "kundenid", "benutzer", "nutzer", "cliente", "idcliente", "usuario"],
    ...["utilisateur", "utente", "nclient", "noclient", "numeroclient", "codeclient", "codigocliente"],
    ...["codicecliente", "utilizador"],
    ...["klant", "klantnr", "klantnummer", "klantid", "gebruiker", "kund", "kundnr", "kundnummer", "kundenr"],
    ...["anvandare", "bruger"],
    ...["bruker", "klient", "idklienta", "uzytkownik", "zakaznik", "uzivatel", "asiakas", "musteri", "musterino"],
    ...["kullanici"],
    ...["buyeremail", "billingemail", "emailbilling", "purchaseremail", "emailadresse"],
  ],
  time: [
    ...["timestamp", "time", "datetime", "eventtime", "eventtimestamp", "occurredat", "ts", "collectortstamp"],
    ...["derivedtstamp", "dvcecreatedtstamp", "originaltimestamp", "clienteventtime", "createdat", "created"],
    ...["createdutc", "createddateutc", "date", "eventdate", "orderdate", "invoicedate", "purchasedate"],
    ...["transactiondate", "logtime"],
    ...["paidat", "day", "when", "datehourminute", "datehour"],
    ...["zeitstempel", "zeitpunkt", "datum", "bestelldatum", "fecha", "horodatage", "timelocal", "servertimestamp"],
    ...["serverdate", "activitydate", "budat", "erdat", "bldat", "audat", "cpudt", "buchungsdatum", "belegdatum"],
  ],
  action: [
    ...["action", "eventaction", "event", "eventtype", "eventname", "actiontype", "actionname", "activity"],
    ...["activitytype", "verb", "method", "csmethod", "type", "aktion", "ereignis", "accion", "evento", "azione"],
    ...["evenement", "acao", "actie", "gebeurtenis", "handelse", "zdarzenie", "behavior", "behaviour", "behaviortype"],
    ...["operation", "interaction", "interactiontype", "transactiontype"],
  ],
  value: [
    ...["value", "lapsevalue", "amount", "dollarvalue", "price", "revenue", "total", "totalprice", "sales", "spend"],
    ...["ordertotal", "grandtotal", "totalamount", "eventrevenue", "revenueusd", "amountpaid", "nettotal"],
    ...["score", "betrag", "umsatz", "preis", "montant", "prix", "importe", "monto", "valor", "importo"],
    ...["montantttc", "montantht", "bedrag", "belopp", "belob", "belop", "kwota", "castka", "summa", "tutar"],
  ],
  passive: ["lapsepassive", "passive", "ispassive"],
  // An event_id may be a mere counter beside one of the others, as Amplitude's is.
  id: ["insertid", "messageid", "eventuuid", "uuid", "eventid"],
} as const;

/** Names that say who of a table is contacted, whatever stands beside them: an account may have several users. */
const clearestUsers = ["userid", "user", "useruuid", "uid", "customerid", "customer", "id"];

/** Names of the column of users in a list of whom to contact, or whom not, the clearest first. */
export const listedUserNames: readonly string[] = [...new Set([...clearestUsers, ...roleNames.user])];

/**
 * Whether the first line of a list of users in one column is their heading, and no user: `member` and `login` may be one. `next` is
 * the line below.
 */
export function isUserHeading(line: string, next: string): boolean {
  const name = plainName(line);
  if (!listedUserNames.includes(name)) return false;
  return clearestUsers.includes(name) || name.endsWith("id") || (name.includes("mail") && next.includes("@"));
}

export type Role = keyof typeof roleNames;

/** A name as the table has it. */
export function plainName(name: string): string {
  return withoutMarks(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/** A name with plain letters for those that other languages than English have, `Año` as `Ano`: it is written in both ways. */
export function withoutMarks(name: string): string {
  if (isAscii.test(name)) return name;
  return name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[ıøłđßæœ]/gi, (letter) => plainLetters.get(letter.toLowerCase()) ?? letter);
}

const isAscii = /^[\0-\x7f]*$/;

/** Letters that are no letter with a mark. */
const plainLetters: ReadonlyMap<string, string> = new Map([
  ...[["ı", "i"] as const, ["ø", "o"] as const, ["ł", "l"] as const, ["đ", "d"] as const],
  ...[["ß", "ss"] as const, ["æ", "ae"] as const, ["œ", "oe"] as const],
]);

const known: ReadonlySet<string> = new Set(Object.values(roleNames).flat());

/** How many of the names mean a role. */
export function knownNames(names: readonly string[]): number {
  return names.filter((name) => known.has(plainName(name))).length;
}

/** Whether a name means the role: as a whole, or by the end of a path (`properties.distinct_id`, `_source.user.id`). */
export function hasRole(role: Role, names: readonly string[]): boolean {
  const meanings: ReadonlySet<string> = new Set(roleNames[role]);
  return names.some((name) => endsOf(name).some((end) => meanings.has(end)));
}

/**
 * The key of a value's type at the end of a path, which is no name: of MongoDB (`at.$date`), DynamoDB (`at.N`), unions of Avro
 * (`at.long`), Firestore (`at.timestampValue`), and of times as Protocol Buffers have them (`at.seconds`).
 */
const typeKeys =
  /(?:\.\$(?:oid|date|uuid|number[A-Z]\w+)|\.[SN]|\.(?:string|int|long|float|double)|\.(?:string|integer|double|timestamp)Value|\._?seconds)+$/;

/** A name and the ends of its path, as the table has them. */
export function endsOf(name: string): string[] {
  const keys = name.replace(typeKeys, "").split(".");
  return keys.map((_, from) => plainName(keys.slice(from).join("")));
}
