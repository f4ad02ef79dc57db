/** Fractions are exact, and numbers are read and written as people do. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bits, Fraction, gcd } from "../src/core/fraction";
import { decimalText, exactText, readNumber, roundHalfAway } from "../src/core/numbers";

const half = Fraction.of(1, 2);

test("fractions are in lowest terms, the denominator positive", () => {
  const made = Fraction.of(6, -4);

  assert.deepEqual([made.top, made.bottom], [-3n, 2n]);
  assert.equal(gcd(-12n, 18n), 6n);
  assert.throws(() => Fraction.of(1, 0), /divided by zero/);
});

test("arithmetic on fractions is exact", () => {
  const third = Fraction.of(1, 3);

  assert.equal(exactText(half.plus(third)), "5/6");
  assert.equal(exactText(half.minus(third)), "1/6");
  assert.equal(exactText(half.times(third)), "1/6");
  assert.equal(exactText(half.over(third)), "3/2");
});

test("floor goes down, away from zero where a number is negative", () => {
  const floors = ["-3/2", "3/2", "-2", "0"].map((text) => readNumber(text).floor());

  assert.deepEqual(floors, [-2n, 1n, -2n, 0n]);
});

test("a fraction becomes the nearest float, however long it is", () => {
  const long = Fraction.of(10n ** 40n + 1n, 3n * 10n ** 40n);

  assert.equal(long.toFloat(), 1 / 3);
  assert.equal(Fraction.of(-(2n ** 53n) - 1n).toFloat(), -(2 ** 53)); // a tie goes to even
  assert.equal(Fraction.of(1n, 10n ** 320n).toFloat(), 1e-320);
  assert.equal(Fraction.of(10n ** 400n).toFloat(), Infinity);
});

test("a float is taken for exactly what it holds", () => {
  assert.equal(exactText(Fraction.ofFloat(0.75)), "3/4");
  assert.equal(Fraction.ofFloat(0.1).toFloat(), 0.1);
  assert.equal(exactText(Fraction.ofFloat(-3)), "-3");
});

test("what people type is read exactly", () => {
  const typed = ["3", "-0.25", "1e-3", " 1 / 3 ", "+2.50", ".5", "\u22127", "6/4"];

  assert.deepEqual(
    typed.map((text) => exactText(readNumber(text))),
    ["3", "-1/4", "1/1000", "1/3", "5/2", "1/2", "-7", "3/2"],
  );
});

test("what is no number is refused", () => {
  for (const text of ["", "x", "1/0", "1//2", "NaN", "Infinity", "0x10", "1e999999", "1 2"]) {
    assert.throws(() => readNumber(text), Error, text);
  }
});

test("decimals are rounded as on paper, half away from zero", () => {
  const written = (text: string, digits = 3): string => decimalText(readNumber(text), digits);

  assert.deepEqual(
    [written("27/46"), written("1/8", 2), written("-1/8", 2), written("9/20"), written("4")],
    ["0.587", "0.13", "-0.13", "0.45", "4"],
  );
  assert.equal(written("1/7000"), "1.429e-4");
  assert.equal(written("12345678901"), "1.235e10");
  assert.equal(decimalText(2, 3), "2");
  assert.equal(exactText(roundHalfAway(half, 0)), "1");
});

test("bits count what a number takes", () => {
  assert.deepEqual([0n, 1n, 2n, 255n, 256n].map(bits), [0, 1, 2, 8, 9]);
});
