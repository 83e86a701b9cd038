// The term that lists are of: how rows are found by it, and how each is decided by it. Used by the lists beside it.
import { readTermCode } from '#mappings/fs-values.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import type { FactsMaker } from '#mappings/project.ts';
import type { ServiceParameter } from '#services/service.ts';
import { codeOfTerm, yearOfTerm } from '#services/term-parameters.ts';

export const termParameters: readonly ServiceParameter[] = [yearOfTerm, { ...codeOfTerm, required: true }];

/** The key of a term in the model, `2026,VÅR`; undefined for a code of none. */
export const termKey = (values: Readonly<Record<string, string>>): string | undefined => {
  const code = readTermCode(values['terminkode']);
  return code === undefined ? undefined : `${values['arstall'] ?? ''},${code}`;
};

/** The keys of what the relations lead to. */
export const keysAt = (relations: readonly string[]): FactsMaker<readonly string[]> => ({
  name: `keys ${relations.join('.')}`,
  needs: [relations.join('.')],
  of: (root) =>
    relations
      .reduce<readonly DocumentNode[]>((nodes, relation) => nodes.flatMap((node) => node.parts[relation] ?? []), [root])
      .flatMap(({ values }) => {
        const key = (values['naturligNokkel'] as { readonly identifikatorverdi?: unknown } | undefined)
          ?.identifikatorverdi;
        return typeof key === 'string' ? [key] : [];
      }),
});
