/** A recipe: the rules by which a plan is worked. */

import type { Base, Rounding } from "./arithmetic";
import type { Fraction } from "./fraction";
import { familyOf } from "./expressions";
import { readNumber } from "./numbers";

export interface Recipe {
  readonly name: string;
  readonly base: Base;
  readonly divisor: Fraction | "sqrt(d_k)" | "d_k";
  readonly scaled: Rounding;
  readonly deviation: "exact" | "whole";
  readonly epsilon: Fraction;
  /** Decimals that results are rounded to as on paper, or null. */
  readonly digits: number | null;
  /** Which steps are rounded, by name without head number; empty for all. */
  readonly roundedSteps: readonly string[];
}

/** As Python writes it: numbers as exact text. */
export interface RecipeDocument {
  readonly name: string;
  readonly base: string;
  readonly divisor: string;
  readonly scaled: Rounding;
  readonly deviation: "exact" | "whole";
  readonly epsilon: string;
  readonly digits: number | null;
  readonly rounded_steps: readonly string[];
}

export function readRecipe(given: RecipeDocument): Recipe {
  const { divisor } = given;
  return {
    name: given.name,
    base: given.base === "e" ? "e" : readNumber(given.base),
    divisor: divisor === "sqrt(d_k)" || divisor === "d_k" ? divisor : readNumber(divisor),
    scaled: given.scaled,
    deviation: given.deviation,
    epsilon: readNumber(given.epsilon),
    digits: given.digits,
    roundedSteps: given.rounded_steps,
  };
}

export function rounds(recipe: Recipe, step: string): boolean {
  if (recipe.digits === null) return false;
  return !recipe.roundedSteps.length || recipe.roundedSteps.includes(familyOf(step));
}
