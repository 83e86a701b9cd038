// Splits the body of a sync page into its entries while it arrives, so that a page of any size is never one value and never one parse.
// Called by page.ts. Two forms: the page object of FINT with its members in any order (facts 5.2), and NDJSON with the metadata on the
// first line and one entry on each further line. Knows no model and no store.
import { limits } from '#base/limits.ts';
import type { PageLimits } from './json-scan.ts';
import { createLinesSplitter } from './page-lines.ts';
import { createObjectSplitter } from './page-object.ts';
import type { PageSink, PageSplitter } from './page-parts.ts';

export type PageForm = 'json' | 'ndjson';

/** Gives a splitter for one body of the form. The sink is called synchronously from `push` and `end`. */
export const createPageSplitter = (form: PageForm, sink: PageSink, bounds: PageLimits = limits): PageSplitter =>
  form === 'json' ? createObjectSplitter(sink, bounds) : createLinesSplitter(sink, bounds);
