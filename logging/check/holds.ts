import { type Fields, fieldOf } from "./event.ts";
import type { Condition, Operand, Operator } from "./pipeline.ts";

/** Whether a condition holds for an event. */
export function holds(condition: Condition, event: Fields): boolean {
  switch (condition.kind) {
    case "always":
      return true;
    case "all":
      return condition.of.every((part) => holds(part, event));
    case "any":
      return condition.of.some((part) => holds(part, event));
    case "not":
      return !holds(condition.of, event);
    case "compare":
      return compare(condition.operator, resolve(condition.left, event), resolve(condition.right, event));
    case "in": {
      const list = resolve(condition.list, event);
      const item = resolve(condition.item, event);
      return Array.isArray(list) ? list.includes(item) : typeof list === "string" && list.includes(String(item));
    }
    case "match": {
      const value = resolve(condition.value, event);
      return value !== undefined && value !== null && new RegExp(condition.pattern).test(String(value));
    }
    case "truth": {
      const value = resolve(condition.of, event);
      return value !== undefined && value !== null && value !== false;
    }
  }
}

function compare(operator: Operator, left: unknown, right: unknown): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== typeof right || (typeof left !== "number" && typeof left !== "string")) return false;
  const [a, b] = [left, right as typeof left];
  switch (operator) {
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
  }
}

function resolve(operand: Operand, event: Fields): unknown {
  return "field" in operand ? fieldOf(event, operand.field) : operand.value;
}
