/**
 * What a view talks to: the interface of anywidget, so that a notebook's own model serves as well
 * as the few lines of this one.
 */

export interface Model {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  on(event: string, heard: () => void): void;
  off(event: string, heard: () => void): void;
  save_changes(): void;
}

/** A model that lives in the page. */
export class PageModel implements Model {
  private readonly values: Map<string, unknown>;
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = new Map(Object.entries(values));
  }

  get(key: string): unknown {
    return this.values.get(key);
  }

  set(key: string, value: unknown): void {
    this.values.set(key, value);
    for (const heard of this.listeners.get(`change:${key}`) ?? []) heard();
  }

  on(event: string, heard: () => void): void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(heard));
  }

  off(event: string, heard: () => void): void {
    this.listeners.get(event)?.delete(heard);
  }

  save_changes(): void {
    // Nobody else keeps what a page holds.
  }
}
