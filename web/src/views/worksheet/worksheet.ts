/** The worksheet view: an exercise to point at, to change and to step through. */

import { hidingOf, withCell, withHiding, withRecipe, type Hiding } from "../../core/edit";
import {
  choicesOf,
  exerciseDocument,
  readExercise,
  workExercise,
  type Exercise,
  type ExerciseDocument,
} from "../../core/exercise";
import { layOut, needsOf, type Part } from "../../core/layout";
import type { Num } from "../../core/numbers";
import { COLUMNS, ROWS } from "../../core/orientation";
import { planKey, type Step } from "../../core/plan";
import { readRecipe } from "../../core/recipe";
import { tellingCell, type Trace } from "../../core/trace";
import type { Content } from "../../shell/content";
import type { Model } from "../../shell/model";
import { sizesOf } from "../../shell/sizes";
import { Toolbar } from "../../shell/toolbar";
import { el } from "../dom";
import { Card } from "./card";
import { Editor } from "./editor";
import type { Scene } from "./scene";
import { Sheet, type Place } from "./sheet";
import { Spotlight } from "./spotlight";
import { Steps } from "./steps";
import { Tokens } from "./tokens";

/** A screen narrower than this shows one step at a time. */
const NARROW = "screen and (max-width: 46rem)";

export class Worksheet {
  private exercise: Exercise;
  /** What starting over leads back to. */
  private begun: Exercise;
  private trace: Trace;
  private other: Trace | null = null;
  private scene!: Scene;
  private step: number | null;
  private isTurned: boolean;
  private isCompared = false;
  private isPrinting = false;
  private readonly narrow = window.matchMedia(NARROW);
  private readonly title = el("h1", {});
  private readonly about = el("p", { class: "about" });
  private readonly message = el("p", { class: "message", role: "alert", hidden: true });
  private readonly sheet = new Sheet();
  private readonly card: Card;
  private readonly spotlight: Spotlight;
  private readonly steps: Steps;
  private readonly tokens: Tokens;
  private readonly toolbar: Toolbar;

  constructor(
    root: HTMLElement,
    private readonly content: Content,
    private readonly model: Model,
    isVisitorNew: boolean,
  ) {
    this.exercise = this.begun = this.read(model.get("exercise"));
    this.trace = workExercise(content, this.exercise);
    this.isTurned = content.view.orientation === "rows";
    this.step = isVisitorNew ? 0 : null;
    this.card = new Card(() => this.spotlight.toggleOrigin());
    this.spotlight = new Spotlight(this.sheet, this.card, () => this.scene);
    this.steps = new Steps((step) => this.goTo(step));
    this.tokens = new Tokens(this.sheet);
    this.toolbar = this.makeToolbar();
    new Editor(this.sheet, (place, number) => this.put(place, number));
    model.on("change:exercise", () => this.hear());
    this.narrow.addEventListener("change", () => {
      this.render();
      this.spotlightStep(false);
    });
    window.addEventListener("beforeprint", () => this.print(true));
    window.addEventListener("afterprint", () => this.print(false));
    root.replaceChildren(
      el(
        "header",
        {},
        el("div", { class: "top" }, el("p", { class: "brand" }, "Limelight"), this.toolbar.actions),
        this.title,
        this.about,
        this.toolbar.element,
      ),
      this.message,
      el("main", {}, this.steps.element, this.tokens.element, this.sheet.element),
      this.card.element,
    );
    this.render();
    this.spotlightStep(false);
  }

  /** Says something that everybody should notice. */
  say(message: string): void {
    this.message.textContent = message;
    this.message.hidden = !message;
  }

  private read(document: unknown): Exercise {
    return readExercise(document, this.content.recipes);
  }

  private makeToolbar(): Toolbar {
    const shelf = new Map(this.shelf().map(({ name, title }) => [name, title]));
    return new Toolbar([...shelf].map(([value, label]) => ({ value, label })), {
      open: (name) => this.begin(this.shelf().find((each) => each.name === name)!),
      follow: (name) => this.follow(name),
      hide: (hiding) => this.change(withHiding(this.exercise, this.content.book, hiding)),
      turn: () => this.turn(),
      compare: () => this.compare(),
      share: () => void this.share(),
      reset: () => this.begin(this.begun),
    });
  }

  /** Returns what can be opened: the exercise that the page was made of, and the gallery. */
  private shelf(): readonly Exercise[] {
    const { exercise, gallery } = this.content;
    const others = gallery.filter(({ name }) => name !== exercise.name);
    return [exercise, ...others].map((each) => this.read(each));
  }

  private begin(exercise: Exercise): void {
    this.begun = exercise;
    this.change(exercise);
    this.step = this.step === null ? null : 0;
    this.spotlight.release();
    this.render();
    this.spotlightStep(true);
  }

  private follow(name: string): void {
    const recipe = this.content.recipes.find((each) => each.name === name);
    if (recipe) this.change(withRecipe(this.exercise, recipe));
  }

  private turn(): void {
    this.isTurned = !this.isTurned;
    this.render();
  }

  private compare(): void {
    this.isCompared = !this.isCompared;
    this.change(this.exercise);
  }

  private async share(): Promise<void> {
    try {
      await navigator.clipboard.writeText(window.location.href);
      this.say("The link is copied: it holds the exercise as it stands here.");
    } catch {
      this.say("The address of this page holds the exercise: copy it from there.");
    }
  }

  private put(place: Place, number: Num): void {
    this.change(withCell(this.exercise, place.name, place.cell, number));
  }

  /** Takes another exercise; where it cannot be worked, says why and keeps the old one. */
  private change(exercise: Exercise): void {
    try {
      const trace = workExercise(this.content, exercise);
      this.other = this.isCompared ? this.workOther(exercise) : null;
      this.trace = trace;
    } catch (error) {
      this.say(`This cannot be worked. ${(error as Error).message}.`);
      this.render();
      return;
    }
    this.say("");
    this.exercise = exercise;
    if (this.step !== null) this.step = Math.min(this.step, this.trace.plan.steps.length - 1);
    this.model.set("exercise", exerciseDocument(exercise));
    this.model.save_changes();
    this.render();
  }

  private workOther(exercise: Exercise): Trace {
    const name = exercise.recipe.base === "e" ? "by-hand" : "exact";
    const recipe = this.content.recipes.find((each) => each.name === name)!;
    return workExercise(this.content, exercise, readRecipe(recipe));
  }

  /** Takes what somebody else has put into the model. */
  private hear(): void {
    const heard = this.model.get("exercise") as ExerciseDocument;
    if (JSON.stringify(heard) !== JSON.stringify(exerciseDocument(this.exercise))) {
      this.change(this.read(heard));
    }
  }

  private goTo(step: number | null): void {
    this.step = step;
    this.spotlight.release();
    this.render();
    this.spotlightStep(true);
  }

  /** Returns the step that is shown by itself: on a narrow screen always one, on paper none. */
  private get shownStep(): number | null {
    if (this.isPrinting) return null;
    return this.narrow.matches ? (this.step ?? 0) : this.step;
  }

  /** Puts everything on paper, and then shows again what was shown. */
  private print(isPrinting: boolean): void {
    this.isPrinting = isPrinting;
    this.render();
  }

  /** Throws light on the cell of the step that is shown which teaches most. */
  private spotlightStep(scrolls: boolean): void {
    if (this.shownStep === null) return;
    const step = this.trace.plan.steps[this.shownStep]!;
    const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const [box] = this.sheet.boxesOf(step.name);
    if (scrolls) {
      box?.element.scrollIntoView({ block: "center", behavior: isStill ? "instant" : "smooth" });
    }
    this.spotlight.show({ name: step.name, cell: tellingCell(this.sheet.worked(step.name)) });
  }

  private render(): void {
    const { plan } = this.trace;
    const isNarrow = this.narrow.matches && !this.isPrinting;
    const shown = this.shownStep;
    const current = shown === null ? null : plan.steps[shown]!;
    this.scene = {
      trace: this.trace,
      parts: isNarrow && current ? [onlyStep(current)] : layOut(plan),
      orientation: this.isTurned ? ROWS : COLUMNS,
      style: { digits: this.content.view.digits, fractions: this.trace.recipe.digits === null },
      later: new Set(plan.steps.slice((shown ?? plan.steps.length) + 1).map(({ name }) => name)),
      current: current?.name ?? null,
      other: this.other,
    };
    const { title, about } = this.exercise;
    this.title.textContent = title;
    this.about.textContent = about;
    document.documentElement.classList.toggle("narrow", isNarrow);
    this.toolbar.show({
      exercise: this.exercise,
      hidings: this.hidings(),
      sizes: sizesOf(this.content, this.exercise, (exercise) => this.change(exercise)),
      isTurned: this.isTurned,
      isCompared: this.isCompared,
    });
    this.sheet.show(this.scene);
    this.steps.show(this.scene, shown);
    this.tokens.show(this.scene);
    this.spotlight.render();
  }

  private knows(exercise: Exercise): boolean {
    return Object.hasOwn(this.content.book.plans, planKey(choicesOf(exercise)));
  }

  private hidings(): Hiding[] {
    const all: readonly Hiding[] = ["none", "causal", "mask"];
    const { sequences } = this.trace.plan;
    if (!sequences.keys || !this.exercise.inputs.has("X")) return [hidingOf(this.exercise)];
    return all.filter((hiding) => this.knows(withHiding(this.exercise, this.content.book, hiding)));
  }
}

/** Lays out one step alone: what it reads above and beside it. */
function onlyStep(step: Step): Part {
  const { above, beside } = needsOf(step);
  const more = above.slice(1).map((box) => ({ box, beside: [] }));
  const lines = [...more, { box: step.name, beside }];
  return { title: "", tableaux: [{ head: above[0] ?? null, lines }] };
}

