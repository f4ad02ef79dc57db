/** Expressions: what a step computes, and what one cell computes, as small trees. */

import type { Num } from "./numbers";

export type Expression =
  | { readonly kind: "symbol"; readonly name: string }
  | { readonly kind: "entry"; readonly name: string; readonly row: number; readonly column: number }
  | { readonly kind: "value"; readonly number: Num }
  | { readonly kind: "matrices"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "times"; readonly parts: readonly Expression[] }
  | { readonly kind: "plus"; readonly parts: readonly Expression[] }
  | { readonly kind: "minus"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "over"; readonly above: Expression; readonly below: Expression }
  | { readonly kind: "power"; readonly base: Num | "e"; readonly exponent: Expression }
  | { readonly kind: "call"; readonly name: string; readonly parts: readonly Expression[] };

/** A chain of equal sides; `rounded` is what the last one was rounded to. */
export interface Equation {
  readonly sides: readonly Expression[];
  readonly rounded?: Num;
  readonly note: string;
}

export const symbol = (name: string): Expression => ({ kind: "symbol", name });
export const value = (number: Num): Expression => ({ kind: "value", number });
export const times = (...parts: Expression[]): Expression => ({ kind: "times", parts });
export const plus = (...parts: Expression[]): Expression => ({ kind: "plus", parts });
export const call = (name: string, ...parts: Expression[]): Expression => ({
  kind: "call",
  name,
  parts,
});
export const over = (above: Expression, below: Expression): Expression => ({
  kind: "over",
  above,
  below,
});
export const minus = (left: Expression, right: Expression): Expression => ({
  kind: "minus",
  left,
  right,
});
export const power = (base: Num | "e", exponent: Expression): Expression => ({
  kind: "power",
  base,
  exponent,
});
export const matrices = (left: Expression, right: Expression): Expression => ({
  kind: "matrices",
  left,
  right,
});
export const entry = (name: string, row: number, column: number): Expression => ({
  kind: "entry",
  name,
  row,
  column,
});

/** Returns the same expression for tokens as rows: every matrix is transposed. */
export function turned(tree: Expression): Expression {
  switch (tree.kind) {
    case "symbol":
    case "value":
      return tree;
    case "entry":
      return entry(tree.name, tree.column, tree.row);
    case "matrices":
      return matrices(turned(tree.right), turned(tree.left));
    case "times":
      return { ...tree, parts: [...tree.parts].reverse().map(turned) };
    case "plus":
    case "call":
      return { ...tree, parts: tree.parts.map(turned) };
    case "minus":
      return minus(turned(tree.left), turned(tree.right));
    case "over":
      return over(turned(tree.above), turned(tree.below));
    case "power":
      return power(tree.base, turned(tree.exponent));
  }
}

/** A step's name taken apart: W_Q2 is stem W, subscript Q, head 2. */
export interface NameParts {
  readonly stem: string;
  readonly subscript: string;
  readonly head: string;
}

const NAME = /^([A-Za-z]+)(?:_([A-Za-z]+|[0-9]))?([0-9]*)$/;

export function nameParts(name: string): NameParts {
  const match = NAME.exec(name);
  if (!match) return { stem: name, subscript: "", head: "" };
  return { stem: match[1]!, subscript: match[2] ?? "", head: match[3]! };
}

/** The name without its head: Q for Q1, W_Q for W_Q1. */
export function familyOf(name: string): string {
  const { stem, subscript } = nameParts(name);
  return subscript ? `${stem}_${subscript}` : stem;
}
