/** Steps through the method: back, forward, play, and in plain words what each is for. */

import { symbol } from "../../core/expressions";
import { sayingOf } from "../../core/export";
import type { Step } from "../../core/plan";
import { button, el } from "../dom";
import { formulaMath } from "../mathml";
import { stageNumbers, type Scene } from "./scene";

/** How long a step stays when it plays. */
const PACE = 4000;

export class Steps {
  readonly element = el("section", { class: "steps", "aria-label": "Step by step" });
  private readonly back;
  private readonly play;
  private readonly next;
  private readonly leave;
  private readonly bar;
  private readonly count = el("span", { class: "count" });
  private readonly title = el("strong", { class: "step-title" });
  private readonly words = el("div", { class: "explanation", "aria-live": "polite" });
  private timer: number | undefined;
  private step: number | null = null;
  private last = 0;

  constructor(private readonly go: (step: number | null) => void) {
    this.back = button("‹", { "aria-label": "Step back" }, () => this.move(-1));
    this.play = button("Play", { class: "wide" }, () => this.togglePlay());
    this.next = button("›", { "aria-label": "Step forward" }, () => this.move(1));
    this.leave = button("Show everything", { class: "quiet" }, () => this.end());
    this.bar = el("div", { class: "bar" }, this.back, this.play, this.next, this.count, this.title, this.leave);
    this.element.append(this.bar, this.words);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") this.move(1);
      else if (event.key === "ArrowLeft") this.move(-1);
      else if (event.key === "Escape") this.end();
    });
  }

  show(scene: Scene, step: number | null): void {
    const { steps } = scene.trace.plan;
    this.step = step;
    this.last = steps.length - 1;
    const isOn = step !== null;
    this.element.classList.toggle("on", isOn);
    this.back.hidden = this.next.hidden = this.leave.hidden = !isOn;
    this.back.disabled = step === 0;
    this.next.disabled = step === this.last;
    this.play.textContent = this.timer ? "Pause" : isOn ? "Play" : "Walk me through";
    this.count.textContent = isOn ? `Step ${step + 1} of ${steps.length}` : "";
    if (isOn) this.explain(scene, steps[step]!);
    else this.invite();
  }

  private explain(scene: Scene, step: Step): void {
    const { orientation, style, trace } = scene;
    const head = step.head === null ? "" : ` · head ${step.head}`;
    this.title.textContent = `${stageNumbers(trace).get(step.stage)} ${step.stage.title}${head}`;
    const made = orientation.expression(step.operation.formula(...step.operands.map(symbol)));
    const formula = el("p", { class: "formula" }, formulaMath(step.name, made, style));
    formula.append(el("span", { class: "saying" }, sayingOf(step, orientation)));
    const isFirst = trace.plan.steps.find(({ stage }) => stage === step.stage) === step;
    const why = isFirst ? step.stage.why : step.stage.purpose;
    this.words.replaceChildren(formula, el("p", { class: "why" }, why));
  }

  private invite(): void {
    this.title.textContent = "";
    const hint =
      "Point at any number to see what it is made of. Click a given number to change it: " +
      "everything follows at once.";
    this.words.replaceChildren(el("p", { class: "why" }, hint));
  }

  private move(by: number): void {
    this.stop();
    const step = (this.step ?? -1) + by;
    if (this.step !== null && step >= 0 && step <= this.last) this.go(step);
  }

  private togglePlay(): void {
    if (this.timer) {
      this.stop();
      this.go(this.step);
    } else if (this.step === null) {
      this.go(0);
    } else {
      this.timer = window.setInterval(() => this.tick(), PACE);
      this.go(this.step === this.last ? 0 : this.step);
    }
  }

  private tick(): void {
    const step = (this.step ?? 0) + 1;
    if (step >= this.last) this.stop();
    this.go(Math.min(step, this.last));
  }

  private end(): void {
    this.stop();
    this.go(null);
    this.play.focus();
  }

  private stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
  }
}
