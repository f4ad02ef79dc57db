/** The page in one file: reads what it carries, opens it, and keeps its address up to date. */

import {
  ExerciseProblem,
  readExercise,
  workExercise,
  type Exercise,
  type ExerciseDocument,
} from "./core/exercise";
import { traceJson } from "./core/export";
import { layOut } from "./core/layout";
import { COLUMNS, ROWS } from "./core/orientation";
import type { Content } from "./shell/content";
import { contentOf, fragmentOf } from "./shell/link";
import { PageModel } from "./shell/model";
import { Worksheet } from "./views/worksheet/worksheet";

const VISITED = "limelight-visited";

/** Opens the page within an element. */
export function open(root: HTMLElement, content: Content): void {
  const [document, problem] = exerciseToOpen(content);
  const model = new PageModel({ exercise: document });
  const view = new Worksheet(root, content, model, isVisitorNew());
  if (problem) view.say(problem);
  model.on("change:exercise", () => {
    keepAddress(fragmentOf(model.get("exercise") as ExerciseDocument));
  });
}

/** Works an exercise as JSON, as Python does: what both are compared by. */
export function work(content: Content, document: unknown, isTurned: boolean): object {
  const exercise: Exercise = readExercise(document, content.recipes);
  const trace = workExercise(content, exercise);
  return { steps: traceJson(trace, isTurned ? ROWS : COLUMNS), layout: layOut(trace.plan) };
}

/** Returns the exercise of the address, or else the page's own, and what was wrong. */
function exerciseToOpen(content: Content): [unknown, string] {
  try {
    const sent = contentOf(window.location.hash);
    if (sent === null) return [content.exercise, ""];
    workExercise(content, readExercise(sent, content.recipes));
    return [sent, ""];
  } catch (error) {
    const why = error instanceof ExerciseProblem ? error.message : (error as Error).message;
    return [content.exercise, `The link cannot be opened: ${why}. Here is another exercise.`];
  }
}

function keepAddress(fragment: string): void {
  try {
    window.history.replaceState(null, "", fragment);
  } catch {
    // A page that has no address of its own, such as one that is shown within another.
  }
}

/** Tells whether somebody is here for the first time, and remembers that they were. */
function isVisitorNew(): boolean {
  try {
    const isNew = window.localStorage.getItem(VISITED) === null;
    window.localStorage.setItem(VISITED, "yes");
    return isNew;
  } catch {
    return false; // a browser that keeps nothing
  }
}

const root = document.getElementById("limelight");
const carried = document.getElementById("limelight-content");
if (root && carried) open(root, JSON.parse(carried.textContent!) as Content);
