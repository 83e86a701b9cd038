// What the API is made with, and what it holds ready of it. Used by its operations.
import type { ApiRequest } from '#apis/api.ts';
import type { Clock } from '#base/clock.ts';
import type { NationalIdPolicy } from '#base/national-id.ts';
import type { Random } from '#base/random.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import type { TableReading, Tables } from '#tables/table.ts';
import type { CrudTable, VariantReading } from './crud-table.ts';

export type CrudDeps = {
  readonly model: Model;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly random: Random;
  /** Says which national ids may be written. */
  readonly environment: NationalIdPolicy;
};

/** A table with all that it is read and written by. */
export type ReadyTable = {
  readonly table: CrudTable;
  readonly variants: readonly VariantReading[];
};

export type Crud = {
  readonly deps: CrudDeps;
  readonly tables: ReadonlyMap<string, ReadyTable>;
  /** The number of somebody by the national id. */
  readonly personNumber: TableReading;
};

export type CrudCall = {
  readonly request: ApiRequest;
  readonly context: QueryContext;
};
