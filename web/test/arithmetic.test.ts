/** The arithmetic of a pencil: exact while it can be, float64 where it cannot. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as on from "../src/core/arithmetic";
import { Fraction } from "../src/core/fraction";
import type { Matrix } from "../src/core/matrix";
import { exactText, MASKED, readNumber } from "../src/core/numbers";

const matrix = (...rows: string[]): Matrix =>
  rows.map((row) => row.split(" ").map((text) => (text === "-∞" ? MASKED : readNumber(text))));
const written = (made: Matrix): string[] => made.map((row) => row.map(exactText).join(" "));
const three = Fraction.of(3);

test("a product takes rows and columns, over common denominators", () => {
  const made = on.product(matrix("1/2 1/3"), matrix("1 2", "3 1/4"));

  assert.deepEqual(written(made), ["3/2 13/12"]);
});

test("a row, a column and a number are spread over a matrix", () => {
  assert.deepEqual(written(on.add(matrix("1 2", "3 4"), matrix("10", "20"))), ["11 12", "23 24"]);
  assert.deepEqual(written(on.divide(matrix("1 2", "3 4"), matrix("2 4"))), ["1/2 1/2", "3/2 1"]);
  assert.deepEqual(written(on.divide(matrix("1 2"), matrix("2"))), ["1/2 1"]);
});

test("nothing over nothing is nothing; anything else over nothing is refused", () => {
  assert.deepEqual(written(on.divide(matrix("0"), matrix("0"))), ["0"]);
  assert.throws(() => on.divide(matrix("1"), matrix("0")), /divided by zero/);
});

test("every rounding goes its own way", () => {
  const rounded = (["floor", "ceil", "trunc", "nearest"] as const).map(
    (rounding) => written(on.round(matrix("-3/2 3/2"), rounding))[0],
  );

  assert.deepEqual(rounded, ["-2 1", "-1 2", "-1 1", "-1 2"]);
});

test("powers are exact while exponents are whole, and a hidden score gives 0", () => {
  assert.deepEqual(written(on.power(three, matrix("2 -1 0 -∞"))), ["9 1/3 1 0"]);
  assert.equal(on.power("e", matrix("1"))[0]![0], Math.E);
  assert.equal(on.power(Fraction.of(4), matrix("1/2"))[0]![0], 2);
  assert.throws(() => on.power(three, matrix("100000")), /digits/);
});

test("roots are exact where they are rational", () => {
  assert.deepEqual(written(on.root(matrix("9/4 0"), false)), ["3/2 0"]);
  assert.equal(on.root(matrix("2"), false)[0]![0], Math.SQRT2);
  assert.deepEqual(written(on.root(matrix("8/3 0 100"), true)), ["2 1 10"]);
});

test("a column is shifted only where its powers would leave float64", () => {
  assert.deepEqual(written(on.overflowShift(matrix("2 400", "-∞ 1"), "e")), ["0 400"]);
  assert.deepEqual(written(on.overflowShift(matrix("400"), three)), ["0"]);
});

test("floats are added without losing digits on the way", () => {
  const tenths = Array.from({ length: 10 }, () => [0.1]);

  assert.equal(on.columnSums(tenths)[0]![0], 1);
  assert.equal(on.product([[1e16, 1, -1e16]], [[1], [1], [1]])[0]![0], 1);
});

test("a mask hides, and the causal one hides what comes later", () => {
  assert.deepEqual(written(on.mask(matrix("5 6"), matrix("1 0"))), ["5 -inf"]);
  assert.deepEqual(written(on.causal(matrix("7 7 7"))), ["1 1 1", "0 1 1", "0 0 1"]);
});
