/** Links hold an exercise whole, and one that is broken or hostile is refused with a word. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ExerciseProblem, exerciseDocument, readExercise } from "../src/core/exercise";
import type { RecipeDocument } from "../src/core/recipe";
import { contentOf, fragmentOf } from "../src/shell/link";

const BY_HAND: RecipeDocument = {
  name: "by-hand",
  base: "3",
  divisor: "2",
  scaled: "floor",
  deviation: "whole",
  epsilon: "0",
  digits: null,
  rounded_steps: [],
};
const EXACT: RecipeDocument = { ...BY_HAND, name: "exact", base: "e", divisor: "sqrt(d_k)" };
const RECIPES = [BY_HAND, EXACT];
const SOFTMAX = {
  format: "limelight-exercise-1",
  name: "mine",
  title: "Ω & <b>bold</b>",
  kind: "softmax",
  recipe: "by-hand",
  inputs: { C: [[1, "1/3"], [-2, 0.5]] },
};

test("an exercise comes out of its link as it went in", () => {
  const exercise = readExercise(SOFTMAX, RECIPES);
  const back = readExercise(contentOf(fragmentOf(exerciseDocument(exercise))), RECIPES);

  assert.deepEqual(exerciseDocument(back), exerciseDocument(exercise));
  assert.deepEqual(exerciseDocument(back).inputs, { C: [[1, "1/3"], [-2, "1/2"]] });
});

test("an address without an exercise holds none", () => {
  assert.equal(contentOf(""), null);
  assert.equal(contentOf("#section"), null);
});

test("a damaged link is refused", () => {
  const whole = fragmentOf(SOFTMAX);
  for (const broken of [whole.slice(0, -9), "#exercise=%%%", "#exercise=", "#exercise=_____w"]) {
    assert.throws(() => contentOf(broken), ExerciseProblem, broken);
  }
  assert.throws(() => contentOf("#exercise=" + "A".repeat(300_000)), /too long/);
});

test("what is no exercise is refused", () => {
  const wrong: unknown[] = [
    null,
    [],
    "text",
    { ...SOFTMAX, format: "other" },
    { ...SOFTMAX, inputs: [] },
    { ...SOFTMAX, inputs: { C: [] } },
    { ...SOFTMAX, inputs: { C: [[1], [1, 2]] } },
    { ...SOFTMAX, inputs: { C: [["<img>"]] } },
    { ...SOFTMAX, recipe: "none" },
    { ...SOFTMAX, recipe: { base: "1" } },
    { ...SOFTMAX, recipe: { divisor: "0" } },
    { ...SOFTMAX, recipe: { scaled: "sideways" } },
    { ...SOFTMAX, recipe: { digits: 99 } },
    { ...SOFTMAX, heads: 1.5 },
    { ...SOFTMAX, labels: { C: 7 } },
  ];
  for (const given of wrong) assert.throws(() => readExercise(given, RECIPES), JSON.stringify(given));
});

test("a recipe of one's own keeps its rules", () => {
  const { recipe } = readExercise({ ...SOFTMAX, recipe: { name: "two", base: 2 } }, RECIPES);

  assert.deepEqual([recipe.name, recipe.base, recipe.divisor], ["two", "2", "sqrt(d_k)"]);
});
