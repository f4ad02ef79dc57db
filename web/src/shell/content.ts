/** What a page carries, as Python wrote it (`limelight/web/content.py`). */

import type { ExerciseDocument, Knowledge } from "../core/exercise";

export interface Content extends Knowledge {
  readonly exercise: ExerciseDocument;
  readonly gallery: readonly ExerciseDocument[];
  readonly view: { readonly orientation: "columns" | "rows"; readonly digits: number };
}
