// What is read of anybody's name and number, whatever the role.
export type NamesRow = { readonly given?: string; readonly family?: string; readonly full?: string };

export type NumberRow = { readonly number?: string; readonly numberKind?: string };
