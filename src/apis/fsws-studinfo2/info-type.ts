// A type of documents of the study catalogue, as data: which resources, in which words for each language and for CDM, and by what they are chosen. One file
// each in mappings/; operations.ts makes the operations of them.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { Fields, MappingPath } from '#mappings/mapping.ts';
import type { Text } from '#model/model.ts';
import type { ServiceParameter } from '#services/service.ts';
import type { Language } from './mappings/parts.ts';

export type InfoType = {
  /** `emne`: the element, and the last part of the address. */
  readonly name: string;
  /** The operation over SOAP and REST: `getEmneSI`. */
  readonly operation: string;
  readonly summary: Text;
  readonly collection: string;
  readonly fields: (language: Language) => Fields;
  readonly cdm: { readonly element: string; readonly fields: (language: Language) => Fields };
  /** Where the key of the unit stands that answers for it, of `unit` relations. */
  readonly unit: string;
  /** What one document is chosen by: parameters, and the path of the model that each is compared with. */
  readonly chosenBy: readonly (ServiceParameter & { readonly path: MappingPath })[];
  /** The period of terms in which it is offered: the attribute that holds it. Null where days are. */
  readonly period: string | null;
  /** Relation to texts that have a period of terms of their own; null = none. */
  readonly texts: string | null;
  /** Whether texts and teachers are joined to it, which no path leads to (beside-course.ts). */
  readonly joins?: true;
  /** What is shown on request alone, by the name of its include; null = nothing. */
  readonly onRequest: string | null;
  /** Whether it is told at all, and in the term with these days. */
  readonly counts: (row: DocumentNode, days: { readonly from: string; readonly to: string } | null) => boolean;
  /** Attributes that this looks at. */
  readonly looksAt: readonly string[];
};
