/** A parsed Logstash pipeline. */
export interface Pipeline {
  readonly input: readonly Statement[];
  readonly filter: readonly Statement[];
  readonly output: readonly Statement[];
}

export type Statement = Plugin | Branch;

export interface Plugin {
  readonly kind: "plugin";
  readonly name: string;
  /** As [name, value], in the order of the file: Logstash merges the hashes of an option that is given twice. */
  readonly options: readonly (readonly [string, Value])[];
}

/** `if`, every `else if`, and `else` as a branch whose condition is always true. */
export interface Branch {
  readonly kind: "branch";
  readonly cases: readonly { readonly condition: Condition; readonly body: readonly Statement[] }[];
}

/** A hash is a Map, because any string may be a key. */
export type Value = string | number | Plugin | readonly Value[] | ReadonlyMap<string, Value>;

export type Condition =
  | { readonly kind: "always" }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "compare"; readonly operator: Operator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "in"; readonly item: Operand; readonly list: Operand }
  | { readonly kind: "match"; readonly value: Operand; readonly pattern: string }
  | { readonly kind: "truth"; readonly of: Operand };

export type Operator = "==" | "!=" | "<" | ">" | "<=" | ">=";

/** A field, by its path, or a value. */
export type Operand = { readonly field: readonly string[] } | { readonly value: Value };
