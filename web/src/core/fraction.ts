/** Exact fractions over BigInt, always in lowest terms with a positive denominator. */

/** The numbers cannot be worked: a division by 0, or a result without end. */
export class NumberProblem extends Error {}

export class Fraction {
  private constructor(
    readonly top: bigint,
    readonly bottom: bigint,
  ) {}

  /** Returns top / bottom in lowest terms. */
  static of(top: bigint | number, bottom: bigint | number = 1n): Fraction {
    const above = BigInt(top);
    const below = BigInt(bottom);
    if (below === 1n) return new Fraction(above, below);
    if (below === 0n) throw new NumberProblem("a number would be divided by zero");
    const shared = gcd(above, below);
    const sign = below < 0n ? -1n : 1n;
    return new Fraction((sign * above) / shared, (sign * below) / shared);
  }

  /** Returns exactly what a finite float64 holds. */
  static ofFloat(number: number): Fraction {
    if (Number.isSafeInteger(number)) return Fraction.of(number);
    let shift = 0;
    let whole = number;
    while (!Number.isInteger(whole)) {
      whole *= 2 ** 32; // a power of two: nothing is rounded
      shift += 32;
    }
    return Fraction.of(BigInt(whole), 1n << BigInt(shift));
  }

  get isWhole(): boolean {
    return this.bottom === 1n;
  }

  get sign(): -1 | 0 | 1 {
    return this.top > 0n ? 1 : this.top < 0n ? -1 : 0;
  }

  equals(other: Fraction): boolean {
    return this.top === other.top && this.bottom === other.bottom;
  }

  negated(): Fraction {
    return new Fraction(-this.top, this.bottom);
  }

  plus(other: Fraction): Fraction {
    return Fraction.of(
      this.top * other.bottom + other.top * this.bottom,
      this.bottom * other.bottom,
    );
  }

  minus(other: Fraction): Fraction {
    return this.plus(other.negated());
  }

  times(other: Fraction): Fraction {
    return Fraction.of(this.top * other.top, this.bottom * other.bottom);
  }

  over(other: Fraction): Fraction {
    return Fraction.of(this.top * other.bottom, this.bottom * other.top);
  }

  /** Returns the largest whole number that is not above it. */
  floor(): bigint {
    const quotient = this.top / this.bottom;
    return this.top < 0n && quotient * this.bottom !== this.top ? quotient - 1n : quotient;
  }

  /** Returns the nearest float64. */
  toFloat(): number {
    if (isSafe(this.top) && isSafe(this.bottom)) return Number(this.top) / Number(this.bottom);
    const size = this.top < 0n ? -this.top : this.top;
    const shift = 66 - (bits(size) - bits(this.bottom));
    const above = shift > 0 ? size << BigInt(shift) : size;
    const below = shift > 0 ? this.bottom : this.bottom << BigInt(-shift);
    const quotient = above / below;
    // The last bit says whether anything is left over, so that halves round as they should.
    const rest = quotient * below === above ? 0n : 1n;
    const found = scaledBack(Number(quotient | rest), shift);
    return this.top < 0n ? -found : found;
  }
}

export const ZERO = Fraction.of(0);
export const ONE = Fraction.of(1);

export function gcd(one: bigint, other: bigint): bigint {
  let a = one < 0n ? -one : one;
  let b = other < 0n ? -other : other;
  while (b) {
    if (isSafe(a) && isSafe(b)) return BigInt(smallGcd(Number(a), Number(b)));
    [a, b] = [b, a % b];
  }
  return a;
}

/** Returns how many bits a whole number takes that is not negative. */
export function bits(number: bigint): number {
  const digits = number.toString(16);
  return digits === "0" ? 0 : 4 * (digits.length - 1) + (32 - Math.clz32(parseInt(digits[0]!, 16)));
}

function smallGcd(one: number, other: number): number {
  let a = one;
  let b = other;
  while (b) [a, b] = [b, a % b];
  return a;
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

function isSafe(number: bigint): boolean {
  return number <= MOST && number >= -MOST;
}

function scaledBack(number: number, shift: number): number {
  const half = Math.trunc(shift / 2); // two steps, since 2^-1100 alone would be 0
  return number * 2 ** -half * 2 ** -(shift - half);
}
