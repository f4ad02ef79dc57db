/** Operations by the names that plans call them by. */

import type { Rounding } from "../arithmetic";
import { readNumber } from "../numbers";
import { Normalise, ReLU } from "./forward";
import { Concatenate, Split } from "./heads";
import type { Operation } from "./operation";
import { Add, Multiply, Product, Transpose } from "./products";
import { Causal, Mask, Scale } from "./scores";
import { baseOf, ColumnSums, Divide, Raise, Unit } from "./softmax";

/** An operation's settings, as a plan's JSON has them. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

const MAKERS: Record<string, (settings: Settings) => Operation> = {
  product: () => new Product(),
  transpose: () => new Transpose(),
  add: () => new Add(),
  multiply: () => new Multiply(),
  "unit columns": () => new Unit(),
  relu: () => new ReLU(),
  causal: () => new Causal(),
  mask: () => new Mask(),
  "column sums": () => new ColumnSums(),
  divide: () => new Divide(),
  concatenate: () => new Concatenate(),
  split: ({ head, heads }) => new Split(Number(head), Number(heads)),
  raise: ({ base }) => new Raise(baseOf(String(base ?? "e"))),
  scale: (given) =>
    new Scale(
      String(given.width_of),
      given.divisor === "sqrt" ? "sqrt" : readNumber(String(given.divisor ?? 1)),
      (given.rounding ?? "none") as Rounding,
      Number(given.d_k ?? 1),
    ),
  normalise: (given) =>
    new Normalise({
      deviation: given.deviation === "whole" ? "whole" : "exact",
      epsilon: readNumber(String(given.epsilon)),
      ...(given.count === undefined ? {} : { count: Number(given.count) }),
      ...(given.outside === undefined ? {} : { outside: Boolean(given.outside) }),
    }),
};

export function makeOperation(name: string, settings: Settings): Operation {
  const make = MAKERS[name];
  if (!make) throw new Error(`there is no operation ${name}`);
  return make(settings);
}
