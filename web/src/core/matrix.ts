/** Matrices of numbers, small enough to read: rows of numbers, never empty, never ragged. */

import type { Num } from "./numbers";

export type Matrix = readonly (readonly Num[])[];

export interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** A place in a matrix, counted from 0. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export const shapeOf = (matrix: Matrix): Shape => ({
  rows: matrix.length,
  columns: matrix[0]!.length,
});

export const at = (matrix: Matrix, cell: Cell): Num => matrix[cell.row]![cell.column]!;

export const transposed = (matrix: Matrix): Matrix =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

export const columnOf = (matrix: Matrix, column: number): readonly Num[] =>
  matrix.map((row) => row[column]!);

export const each = (matrix: Matrix, change: (number: Num) => Num): Matrix =>
  matrix.map((row) => row.map(change));

export const sameShape = (one: Shape, other: Shape): boolean =>
  one.rows === other.rows && one.columns === other.columns;

export const cellKey = (cell: Cell): string => `${cell.row},${cell.column}`;
