// The words in which contracts are spoken of: statuses of APIs and parts, kinds of changes, and what a change says. Shared by everything that knows the
// catalogue; holds no rule. After facts 7.1 and 7.2.

/** A text for people; who reads nynorsk gets bokmål where there is none. */
export type Words = { readonly nb: string; readonly nn?: string; readonly en: string };

/** In the order of a life (facts 7.2). */
export const statuses = [
  'planned',
  'experimental',
  'beta',
  'production',
  'not-further-developed',
  'retiring',
  'retired',
] as const;
export type Status = (typeof statuses)[number];

/** What a change is to those who use the part: how it must be announced (facts 7.5). */
export const changeKinds = ['breaking', 'dangerous', 'compatible'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/**
 * A part of an API by its coordinate, unique within the API:
 * GraphQL `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`;
 * REST `GET /path/{id}`, `GET /path?parameter`, `GET /path > member.of.request`, `GET /path < 200 member.of.response`, and `Schema`, `Schema.member` of
 * components; messages `kind`, `kind.member`; XML `element/child`, `element/@attribute`; `*` = the API as a whole.
 */
export type Coordinate = string;

/** Something that changes for those who use an API: announced, and one day done. Kept in `catalogue/changes.yaml` and in the register of a hub. */
export type Change = {
  /** Kebab-case, unique. */
  readonly id: string;
  readonly api: string;
  readonly coordinates: readonly Coordinate[];
  readonly kind: ChangeKind;
  /** What changes, and what a user has to do about it. */
  readonly text: Words;
  readonly migration: Words | null;
  /** The coordinate or address that takes its place; null only where `withoutReplacement` says why there is none. */
  readonly replacement: Coordinate | null;
  readonly withoutReplacement: Words | null;
  /** When the notice had been delivered, epoch ms; null = a draft, which announces nothing (R7). */
  readonly announcedAt: number | null;
  /** With which release of the catalogue, or at which moment (epoch ms), it takes effect at the earliest. */
  readonly planned: { readonly release: number } | { readonly at: number };
  /** A breach for the sake of security or law (R10). */
  readonly emergency: { readonly reason: string; readonly approver: string } | null;
  /** By which release item it took effect (R11), epoch ms; null = it has not. */
  readonly doneAt: number | null;
};

/** One main version of the catalogue. */
export type Release = {
  readonly version: number;
  /** Epoch ms; midnight in Norway. */
  readonly at: number;
};
