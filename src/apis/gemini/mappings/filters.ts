// What lists of things of a person are narrowed by. Used by the mappings alone.
import type { TableFilter } from '#tables/table.ts';

const plain = (text: string): string | undefined => (text === '' ? undefined : text);

/** An equality of a text. */
export const equal = (name: string, path: string, more: { readonly selective?: true } = {}): TableFilter => ({
  of: [name],
  path,
  read: (text = '') => plain(text),
  ...more,
});

/** Those of a student, by the identifier that all students have. Never given by clients: the address names the person. */
export const ofStudent = 'student';
export const studentFilter: TableFilter = equal(ofStudent, 'student.systemId', { selective: true });
