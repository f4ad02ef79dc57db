/** Writes expressions as MathML, which browsers draw by themselves. */

import { nameParts, value, type Equation, type Expression } from "../core/expressions";
import { decimalText, exactText, isExact, isNegative, same, type Num } from "../core/numbers";
import { decimalBehind, isFraction, isWrittenExactly, type Style } from "../core/plain";
import { math } from "./dom";

const MINUS = "\u2212";
const GREEK: Record<string, string> = { gamma: "γ", beta: "β" };
const FENCES: Record<string, readonly [string, string]> = { floor: ["⌊", "⌋"], ceil: ["⌈", "⌉"] };

/** Writes a step's name by itself. */
export const symbolMath = (name: string): Element => math("math", symbol(name));

/** Writes what a step is: its name, and what it is made of. */
export function formulaMath(name: string, made: Expression, style: Style): DocumentFragment {
  return pieces([[symbol(name)], [infix("="), write(made, style)]]);
}

/** Writes the arithmetic of a cell as formulas between which a line may break. */
export function equationMath(equation: Equation, style: Style): DocumentFragment {
  const last = equation.sides.at(-1)!;
  const found: Element[][] = [];
  let previous = "";
  for (const side of equation.sides) {
    const terms = side.kind === "plus" && side !== last ? side.parts : [side];
    const written = terms.map((term, i) => (i ? bracketedTerm(term, style) : write(term, style)));
    const text = written.map((each) => each.outerHTML).join("+");
    if (text === previous) continue;
    previous = text;
    const isRough = side === last && side.kind === "value" && !isWrittenExactly(side.number, style);
    written.forEach((each, i) => {
      const sign = i ? "+" : isRough ? "≈" : "=";
      found.push(found.length ? [infix(sign), each] : [each]);
    });
  }
  if (last.kind === "value") found.push(...tail(last.number, equation.rounded, style));
  return pieces(found);
}

/** Writes a number: a short fraction as one, else a decimal. */
export function numberMath(number: Num, style: Style): Element {
  if (!isFraction(number, style) || !isExact(number)) return decimal(number, style.digits);
  const [above, below] = exactText(number).replace("-", "").split("/");
  const size = below ? math("mfrac", mn(above!), mn(below)) : mn(above!);
  return signed(size, isNegative(number));
}

function tail(number: Num, rounded: Num | undefined, style: Style): Element[][] {
  const found: Element[][] = [];
  const behind = decimalBehind(number, style);
  if (behind) found.push([infix(behind[0]!), decimal(number, style.digits)]);
  if (rounded !== undefined && !same(rounded, number)) {
    found.push([infix("⇝"), decimal(rounded, style.digits)]);
  }
  return found;
}

function pieces(groups: readonly (readonly Element[])[]): DocumentFragment {
  const made = document.createDocumentFragment();
  groups.forEach((group, i) => {
    if (i) made.append(document.createElement("wbr"));
    made.append(math("math", ...group));
  });
  return made;
}

function write(tree: Expression, style: Style): Element {
  const sub = (part: Expression): Element => write(part, style);
  switch (tree.kind) {
    case "symbol":
      return symbol(tree.name);
    case "entry":
      return entry(tree.name, tree.row, tree.column);
    case "value":
      return numberMath(tree.number, style);
    case "matrices": {
      const gap = math("mspace");
      gap.setAttribute("width", "0.17em");
      return row(sub(tree.left), gap, sub(tree.right));
    }
    case "times":
      return joined(tree.parts.map((part) => wrapped(part, style)), "·");
    case "plus":
      return joined(
        tree.parts.map((part, i) => (i ? bracketedTerm(part, style) : sub(part))),
        "+",
      );
    case "minus":
      return row(sub(tree.left), mo(MINUS), wrapped(tree.right, style));
    case "over":
      return math("mfrac", sub(tree.above), sub(tree.below));
    case "power":
      return math("msup", base(tree.base, style), sub(tree.exponent));
    case "call":
      return call(tree.name, tree.parts, style);
  }
}

function call(name: string, parts: readonly Expression[], style: Style): Element {
  const inside = parts.map((part) => write(part, style));
  if (name === "sqrt") return math("msqrt", ...inside);
  const fence = FENCES[name];
  if (fence) return row(mo(fence[0]), joined(inside, ","), mo(fence[1]));
  return row(math("mi", name), bracketed(joined(inside, ",")));
}

function symbol(name: string): Element {
  const { stem, subscript, head } = nameParts(name);
  const letter = math("mi", GREEK[stem] ?? stem);
  if (subscript === "T") {
    const top = math("mi", "T");
    top.setAttribute("mathvariant", "normal");
    return head ? math("msubsup", letter, mn(head), top) : math("msup", letter, top);
  }
  if (!subscript) return head ? math("msub", letter, mn(head)) : letter;
  const below = /^\d$/.test(subscript) ? mn(subscript) : math("mi", subscript);
  return math("msub", letter, head ? row(below, mn(head)) : below);
}

function entry(name: string, r: number, c: number): Element {
  const place = row(mo("["), mn(`${r}`), mo(","), mn(`${c}`), mo("]"));
  return math("msub", symbol(name), place);
}

function decimal(number: Num, digits: number): Element {
  const text = decimalText(number, digits);
  const [mantissa, exponent] = text.replace("-", "").split(/e(.*)/s);
  const size = mantissa === "∞" ? math("mi", "∞") : mn(mantissa!);
  const isBelow = text.startsWith("-");
  if (!exponent) return signed(size, isBelow);
  const power = math("msup", mn("10"), signed(mn(exponent.replace("-", "")), exponent[0] === "-"));
  return signed(row(size, mo("·"), power), isBelow);
}

function base(number: Num | "e", style: Style): Element {
  if (number === "e") return math("mi", "e");
  const written = numberMath(number, style);
  return written.localName === "mn" ? written : bracketed(written);
}

function wrapped(part: Expression, style: Style): Element {
  const written = write(part, style);
  const isMisread =
    part.kind === "value"
      ? decimalText(part.number, style.digits).startsWith("-")
      : ["plus", "minus", "times", "matrices"].includes(part.kind);
  return isMisread ? bracketed(written) : written;
}

const bracketedTerm = (part: Expression, style: Style): Element =>
  part.kind === "value" ? wrapped(value(part.number), style) : write(part, style);

const row = (...parts: Element[]): Element => math("mrow", ...parts);
const mn = (text: string): Element => math("mn", text);
const mo = (text: string): Element => math("mo", text);
const bracketed = (inside: Element): Element => row(mo("("), inside, mo(")"));
const signed = (size: Element, isBelow: boolean): Element => (isBelow ? row(mo(MINUS), size) : size);

function infix(sign: string): Element {
  const made = mo(sign); // it may stand first in its formula and keeps its room all the same
  made.setAttribute("form", "infix");
  return made;
}

function joined(parts: readonly Element[], sign: string): Element {
  return row(...parts.flatMap((part, i) => (i ? [mo(sign), part] : [part])));
}
