/** Writes expressions as plain text: S[2,1] = 2·2 + 1·0 + 0·3 = 4. */

import { nameParts, value, type Equation, type Expression } from "./expressions";
import { bits } from "./fraction";
import { decimalText, exactText, isExact, isShownExactly, MASKED, same, type Num } from "./numbers";

/** A fraction of more characters than this is written as a decimal. */
const LONGEST_FRACTION = 11;
const MOST_BITS = 4 * LONGEST_FRACTION;

/** How numbers are written: decimals of those that are not exact, and whether as fractions. */
export interface Style {
  readonly digits: number;
  readonly fractions: boolean;
}

/** K_T2 is the transpose of K2. */
export function symbolText(name: string): string {
  const { stem, subscript, head } = nameParts(name);
  return subscript === "T" ? `${stem}${head}ᵀ` : name;
}

/** Tells whether a number is written as a fraction or whole number, exactly. */
export function isFraction(number: Num, style: Style): boolean {
  if (!style.fractions || !isExact(number)) return false;
  const size = number.top < 0n ? -number.top : number.top;
  return (
    bits(size) + bits(number.bottom) < MOST_BITS && exactText(number).length <= LONGEST_FRACTION
  );
}

/** Writes a number to be read: a short fraction exactly, else a decimal. */
export function numberText(number: Num, style: Style): string {
  return isFraction(number, style) ? exactText(number) : decimalText(number, style.digits);
}

export const isWrittenExactly = (number: Num, style: Style): boolean =>
  number === MASKED || isFraction(number, style) || isShownExactly(number, style.digits);

/** Returns the decimal that goes behind a fraction, with its sign; "" behind other numbers. */
export function decimalBehind(number: Num, style: Style): string {
  if (!isExact(number) || number.isWhole || !isFraction(number, style)) return "";
  const sign = isShownExactly(number, style.digits) ? "=" : "≈";
  return `${sign} ${decimalText(number, style.digits)}`;
}

/** Writes the chain, and the note in brackets behind it. */
export function equationText(equation: Equation, style: Style): string {
  const last = equation.sides[equation.sides.length - 1]!;
  let text = "";
  let previous = "";
  for (const side of equation.sides.slice(0, -1)) {
    const written = expressionText(side, style);
    if (written !== previous) text = text ? `${text} = ${written}` : written;
    previous = written;
  }
  const written = expressionText(last, style);
  if (written !== previous) {
    const isRough = last.kind === "value" && !isWrittenExactly(last.number, style);
    text += ` ${isRough ? "≈" : "="} ${written}`;
  }
  const behind = last.kind === "value" ? decimalBehind(last.number, style) : "";
  if (behind) text += ` ${behind}`;
  const { rounded } = equation;
  if (rounded !== undefined && !(last.kind === "value" && same(rounded, last.number))) {
    text += `, rounded ${decimalText(rounded, style.digits)}`;
  }
  return equation.note ? `${text} (${equation.note})` : text;
}

export function expressionText(tree: Expression, style: Style): string {
  const write = (part: Expression): string => expressionText(part, style);
  const wrap = (part: Expression, leading = false): string => wrapped(part, style, leading);
  switch (tree.kind) {
    case "symbol":
      return symbolText(tree.name);
    case "entry":
      return `${symbolText(tree.name)}[${tree.row},${tree.column}]`;
    case "value":
      return numberText(tree.number, style);
    case "matrices":
      return `${write(tree.left)} ${write(tree.right)}`;
    case "times":
      return tree.parts.map((part) => wrap(part)).join("·");
    case "plus":
      return tree.parts.map((part, i) => (i ? term(part, style) : write(part))).join(" + ");
    case "minus":
      return `${write(tree.left)} - ${wrap(tree.right)}`;
    case "over":
      return `${wrap(tree.above, true)} / ${wrap(tree.below)}`;
    case "power":
      return `${tree.base === "e" ? "e" : wrap(value(tree.base))}^${wrap(tree.exponent)}`;
    case "call":
      return callText(tree.name, tree.parts, style);
  }
}

function callText(name: string, parts: readonly Expression[], style: Style): string {
  const [only] = parts;
  if (name === "sqrt" && only?.kind === "value") return `√${wrapped(only, style, false)}`;
  const inside = parts.map((part) => {
    const text = expressionText(part, style);
    return part.kind === "over" ? text.replaceAll(" / ", "/") : text;
  });
  return `${name}(${inside.join(", ")})`;
}

function term(part: Expression, style: Style): string {
  const text = expressionText(part, style);
  const isMisread = part.kind === "minus" || (part.kind === "value" && text.startsWith("-"));
  return isMisread ? `(${text})` : text;
}

/** Writes a part of something bigger, in brackets where it would be misread. */
function wrapped(part: Expression, style: Style, leading: boolean): string {
  const text = expressionText(part, style);
  const isMisread =
    part.kind === "value"
      ? text.includes("/") || (text.startsWith("-") && !leading)
      : ["plus", "minus", "over", "matrices", "times"].includes(part.kind);
  return isMisread ? `(${text})` : text;
}
