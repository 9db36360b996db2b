/** SQL that makes the user-days of a database those of before users had numbers, in no order. */
export const toFormerUserDays = `
  CREATE TABLE former AS SELECT (number >> 24)::UTINYINT AS bucket, user_id,
    date_diff('month', DATE '1970-01-01', DATE '1970-01-01' + day)::INTEGER AS month, day, action, count, value
  FROM user_days JOIN user_numbers USING (number) ORDER BY hash(user_id, day);
  DROP TABLE user_days; DROP TABLE user_numbers; ALTER TABLE former RENAME TO user_days`;
