// The catalogue as the hub holds it: what APIs there are and what each promises, the main versions, and what changes. Read once from `catalogue/*.yaml`, frozen, and
// passed as an argument. Holds no rule and reads nothing.
import type { Sensitivity } from '#model/model.ts';
import type { Change, Release, Status, Words } from './contract.ts';

/** The rules under which changes of an API are announced: those of Sikt's catalogue (facts 7.3), or half a year's notice (flyt-skole facts 12). */
export const policyIds = ['sikt', 'flyt'] as const;
export type PolicyId = (typeof policyIds)[number];

/** How an API is spoken to. */
export const apiStyles = ['rest', 'graphql', 'soap'] as const;
export type ApiStyle = (typeof apiStyles)[number];

/** `page` is for people; all others are for machines. */
export const documentKinds = ['openapi', 'sdl', 'wsdl', 'xsd', 'json-schema', 'contracts', 'page'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export type CatalogueDocument = {
  readonly kind: DocumentKind;
  /** An address of the hub; `{component}` stands for each component of the model. */
  readonly path: string;
  /** Media type. */
  readonly type: string;
  /** Null = what its kind is called. */
  readonly name: Words | null;
  /** The flags under which it describes the API; [] = what is there for everybody. */
  readonly flags: readonly string[];
};

/** Who answers for an API, or to whom one turns. Without e-mail and address, by those of whoever runs the hub. */
export type Contact = { readonly name: Words; readonly email: string | null; readonly url: string | null };

export type Owner = Contact & {
  /** Nine digits; null = it has none. */
  readonly organisationNumber: string | null;
};

/** A version of an API's own, and the days on which it came and went. */
export type ApiVersion = {
  readonly version: string;
  /** `2026-11-22`. */
  readonly since: string;
  readonly until: string | null;
};

/** What the owner aims at; a goal and no promise of the contract. */
export type ServiceGoals = {
  /** Per cent of each month. */
  readonly availability: number;
  /** Of requests for one resource, milliseconds. */
  readonly p95Ms: number;
  /** Hours until somebody answers who reports a fault, on working days. */
  readonly answerHours: number;
};

/** From what must not be there in beta, to what is a nuisance. */
export const severities = [1, 2, 3] as const;
export type Severity = (typeof severities)[number];

export type KnownFault = {
  readonly id: string;
  readonly severity: Severity;
  readonly since: string;
  /** Null = it is there still. */
  readonly until: string | null;
  readonly text: Words;
};

export const accessRights = ['public', 'restricted', 'non-public'] as const;
/** Who may use it at all: everybody, those who have been let in, or those who run the hub. */
export type AccessRights = (typeof accessRights)[number];

export type CatalogueApi = {
  /** Short and stable, `fint`: that of the mounted API. */
  readonly id: string;
  readonly name: Words;
  readonly description: Words;
  readonly style: ApiStyle;
  /** Where it begins, `/utdanning`; null = it is not there (planned, retired), or begins nowhere in particular. */
  readonly path: string | null;
  readonly owner: Owner;
  readonly contacts: readonly Contact[];
  readonly status: Status;
  /** The day since which it has that status. */
  readonly since: string;
  /** Of what is retiring: the day on which it ends at the earliest, epoch ms (midnight in Norway). */
  readonly retiringAt: number | null;
  readonly policy: PolicyId;
  /** The newest first; [] while it is planned. */
  readonly versions: readonly ApiVersion[];
  readonly documents: readonly CatalogueDocument[];
  /** What its data can be, from the least to the most guarded. */
  readonly dataClasses: readonly Sensitivity[];
  readonly accessRights: AccessRights;
  /** How one is let in. */
  readonly access: Words;
  readonly goals: ServiceGoals | null;
  /** Where one asks for help. */
  readonly support: Contact;
  /** To whom one says what one thinks of it; null = there is nobody yet. */
  readonly feedback: Contact | null;
  readonly knownFaults: readonly KnownFault[];
  /** Institutions that have tried it, by name. */
  readonly pilots: readonly string[];
  /** The API that takes its place, and how one moves there. */
  readonly successor: { readonly api: string; readonly migration: Words } | null;
  /** What of it is our reconstruction, because the original is not public; null = nothing. */
  readonly reconstructed: Words | null;
};

/** What has to hold before a promise is raised (facts 7.6). Public. */
export type PromotionThresholds = {
  readonly beta: {
    /** Per cent of the parts that are described. */
    readonly coverage: number;
    /** Open faults as severe as this, or more, stand in the way. */
    readonly severity: Severity;
  };
  readonly production: {
    readonly coverage: number;
    readonly severity: Severity;
    /** Institutions that have confirmed the test. */
    readonly confirmations: number;
    readonly daysInBeta: number;
  };
};

export type Catalogue = {
  readonly name: Words;
  readonly description: Words;
  readonly publisher: Owner;
  /** That of the descriptions: a code of the EU's authority table, `EUPL_1_2`. */
  readonly licence: string;
  /** Main versions in order, those that are planned included; the first is current from its day on. */
  readonly releases: readonly Release[];
  /** What the rules are, for people, by policy: those that some API is under. */
  readonly policies: ReadonlyMap<PolicyId, Words>;
  /** What a status promises, for people. */
  readonly promises: ReadonlyMap<Status, { readonly name: Words; readonly promise: Words }>;
  readonly thresholds: PromotionThresholds;
  /** In the order of the file. */
  readonly apis: ReadonlyMap<string, CatalogueApi>;
  /** Of `catalogue/changes.yaml`; a running hub knows more. */
  readonly changes: readonly Change[];
};
