// The class names of every model in model/, lower case, as modelled and transliterated: what form.ts looks for in src.
import { parse } from 'yaml';
import type { Tree } from './tree.ts';

const letters: Readonly<Record<string, string>> = { æ: 'a', ø: 'o', å: 'a' };

/** Takes the tree, gives the names. Throws when a model file is no YAML. */
export const modelWords = (tree: Tree): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const [path, text] of tree) {
    if (!path.startsWith('model/') || !path.endsWith('.yaml')) continue;
    for (const name of namesOf(parse(text))) {
      names.add(name.toLowerCase());
      names.add(name.toLowerCase().replaceAll(/[æøå]/g, (letter) => letters[letter] ?? letter));
    }
  }
  return names;
};

const namesOf = (file: unknown): readonly string[] => {
  if (
    typeof file !== 'object' ||
    file === null ||
    !('classes' in file) ||
    typeof file.classes !== 'object' ||
    file.classes === null
  )
    return [];
  if (!Array.isArray(file.classes)) return Object.keys(file.classes);
  return file.classes.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' ? [one.name] : [],
  );
};
