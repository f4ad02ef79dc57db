/** An exercise as a link: its content in the fragment of the address, which no server ever sees. */

import { ExerciseProblem, type ExerciseDocument } from "../core/exercise";

const PREFIX = "#exercise=";
const LONGEST = 200_000;

/** Returns the fragment that stands for an exercise. */
export function fragmentOf(exercise: ExerciseDocument): string {
  const bytes = new TextEncoder().encode(JSON.stringify(exercise));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const packed = btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return PREFIX + packed;
}

/** Returns what a fragment holds, to be read with care; null where it holds no exercise. */
export function contentOf(fragment: string): unknown {
  if (!fragment.startsWith(PREFIX)) return null;
  if (fragment.length > LONGEST) throw new ExerciseProblem("the link is too long");
  try {
    const packed = fragment.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ExerciseProblem("the link is damaged: it may have been cut off");
  }
}
