/** Functions that the SQL of this folder uses. */
export const macros = `
-- A scalar of JSON as text: a string as it is, a number as its digits, nothing for null. A whole number that was written
-- with a fraction (1.0, 1e3) is the same number.
CREATE TEMP MACRO json_scalar(j) AS CASE
  WHEN j[1] = '"' THEN CASE WHEN contains(j, '\\') THEN (j::JSON ->> '$') ELSE j[2:-2] END
  WHEN j = 'null' THEN NULL
  WHEN ends_with(j, '.0') AND strlen(j) <= 17 THEN j[1:-3]
  ELSE j END;
-- Whether a value of JSON may be an id or a name: a string, nothing, or a whole number.
CREATE TEMP MACRO json_names(j) AS j[1] = '"' OR j = 'null' OR regexp_full_match(j, '-?[0-9]+|-?[0-9]{1,15}[.]0');
`;
