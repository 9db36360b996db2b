/**
 * What `next` makes of a value: at once where the value is there, and not in a later turn. A promise for each step takes a
 * prediction, which waits for nothing, as long as the model does.
 */
export function onceThere<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
