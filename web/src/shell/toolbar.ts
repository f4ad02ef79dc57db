/** What a reader may change of the whole: the exercise, its rules, what is hidden, its sizes. */

import { hidingOf, type Hiding } from "../core/edit";
import type { Exercise } from "../core/exercise";
import { button, el } from "../views/dom";
import type { Size } from "./sizes";

export interface ToolbarState {
  readonly exercise: Exercise;
  readonly hidings: readonly Hiding[];
  readonly sizes: readonly Size[];
  readonly isTurned: boolean;
  readonly isCompared: boolean;
}

export interface ToolbarActions {
  readonly open: (name: string) => void;
  readonly follow: (recipe: string) => void;
  readonly hide: (hiding: Hiding) => void;
  readonly turn: () => void;
  readonly compare: () => void;
  readonly share: () => void;
  readonly reset: () => void;
}

interface Option {
  readonly value: string;
  readonly label: string;
}

const RULES: readonly Option[] = [
  { value: "by-hand", label: "By hand: ⌊x/2⌋, 3ˣ" },
  { value: "exact", label: "Exact: x/√d, eˣ" },
];

const HIDINGS: Record<Hiding, string> = {
  none: "Nothing",
  causal: "Later tokens",
  mask: "What a mask says",
};

export class Toolbar {
  readonly element = el("div", { class: "toolbar", role: "group", "aria-label": "Exercise" });
  /** What is done with the whole page. */
  readonly actions = el("div", { class: "actions" });
  private readonly rules: HTMLSelectElement;
  private readonly exercises: HTMLSelectElement;
  private readonly hiding: HTMLSelectElement;
  private readonly sizes = el("div", { class: "sizes" });
  private readonly turn: HTMLButtonElement;
  private readonly compare: HTMLButtonElement;

  constructor(
    private readonly gallery: readonly Option[],
    actions: ToolbarActions,
  ) {
    this.exercises = select("Exercise", (value) => actions.open(value));
    this.rules = select("Rules", (value) => actions.follow(value));
    this.hiding = select("Hidden", (value) => actions.hide(value as Hiding));
    this.turn = button("As rows", { class: "toggle" }, actions.turn);
    this.compare = button("Compare rules", { class: "toggle" }, actions.compare);
    this.element.append(
      field("Exercise", this.exercises),
      field("Rules", this.rules),
      field("Hidden", this.hiding),
      this.sizes,
      el("div", { class: "toggles" }, this.turn, this.compare),
    );
    this.actions.append(
      button("Start over", { class: "quiet" }, actions.reset),
      button("Copy link", { class: "quiet" }, actions.share),
      button("Print", { class: "quiet" }, () => window.print()),
    );
  }

  show(state: ToolbarState): void {
    const { exercise, hidings } = state;
    fill(this.exercises, withOwn(this.gallery, exercise.name, exercise.title), exercise.name);
    const { name } = exercise.recipe;
    fill(this.rules, withOwn(RULES, name, `Its own: ${name}`), name);
    const options = hidings.map((value) => ({ value, label: HIDINGS[value] }));
    fill(this.hiding, options, hidingOf(exercise));
    this.hiding.parentElement!.hidden = hidings.length < 2;
    this.turn.setAttribute("aria-pressed", String(state.isTurned));
    this.compare.setAttribute("aria-pressed", String(state.isCompared));
    this.showSizes(state.sizes);
  }

  private showSizes(sizes: readonly Size[]): void {
    const known = [...this.sizes.children].map((each) => (each as HTMLElement).dataset.label);
    if (known.join() !== sizes.map(({ label }) => label).join()) {
      this.sizes.replaceChildren(...sizes.map(({ label }) => stepper(label)));
    }
    sizes.forEach((size, index) => {
      const home = this.sizes.children[index]!;
      const [less, more] = home.querySelectorAll("button");
      home.querySelector("output")!.textContent = String(size.count);
      less!.disabled = size.count <= size.least;
      more!.disabled = size.count >= size.most;
      less!.onclick = () => size.change(-1);
      more!.onclick = () => size.change(1);
    });
  }
}

function select(label: string, choose: (value: string) => void): HTMLSelectElement {
  const made = el("select", { "aria-label": label });
  made.addEventListener("change", () => choose(made.value));
  return made;
}

const field = (label: string, inside: HTMLElement): HTMLElement =>
  el("div", { class: "field" }, el("span", { class: "label", "aria-hidden": "true" }, label), inside);

function fill(home: HTMLSelectElement, options: readonly Option[], chosen: string): void {
  const made = options.map(({ value, label }) => el("option", { value }, label));
  home.replaceChildren(...made);
  home.value = chosen;
}

/** Adds what is there and is none of the known ones. */
const withOwn = (known: readonly Option[], value: string, label: string): readonly Option[] =>
  known.some((option) => option.value === value) ? known : [...known, { value, label }];

const stepper = (label: string): HTMLElement =>
  el(
    "div",
    { class: "field stepper", "data-label": label, role: "group", "aria-label": label },
    el("span", { class: "label", "aria-hidden": "true" }, label),
    el(
      "span",
      { class: "pair" },
      el("button", { type: "button", "aria-label": `One ${label.toLowerCase().slice(0, -1)} less` }, "−"),
      el("output", {}),
      el("button", { type: "button", "aria-label": `One ${label.toLowerCase().slice(0, -1)} more` }, "+"),
    ),
  );
