// An XML service as data: its operations, what they take and what they answer. Of it are made the routes over REST and SOAP, the reading of bodies, the answers
// in XML, JSON and what else an operation offers, XSD, WSDL and OpenAPI. The contract between the services in src/apis/ and this folder. Data and types alone.
import type { ApiRequest, ApiStatus } from '#apis/api.ts';
import type { Problem } from '#base/errors.ts';
import type { Principal } from '#hub/principal.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Notation } from '#mappings/notation.ts';
import type { ContractMark, Text } from '#model/model.ts';

/** What the text of an element, an attribute or a parameter is. `flag` is J or N, `day` a civil date `2026-11-22`. */
export type ValueType = 'string' | 'integer' | 'decimal' | 'boolean' | 'day' | 'instant' | 'flag' | 'base64';

/** A text that is held against its type, and what narrows it. Lengths count characters. */
export type ValueForm = {
  readonly type: ValueType;
  /** The only values. */
  readonly values?: readonly string[];
  /** What the whole of it must match, in what XSD and JavaScript have in common; no anchors. */
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
};

/** An attribute of an element. */
export type AttributeForm = ValueForm & {
  readonly name: string;
  readonly describe?: Text;
  readonly required?: true;
};

/** An element. Members come in the order given; XML that has them in another order is refused. */
export type ElementForm = {
  readonly name: string;
  readonly describe?: Text;
  /** It has to be there. Absent = it may be left out. */
  readonly required?: true;
  /** There may be so many; null = any number. Absent = one. */
  readonly most?: number | null;
  readonly attributes?: readonly AttributeForm[];
  readonly contract?: ContractMark;
  /** Given empty it takes away what was there: it is read as ''. Absent = empty is as not given. */
  readonly emptyClears?: true;
} & (
  | { readonly content: ValueForm }
  /** Elements within it, each at most as often as it says. */
  | { readonly members: readonly ElementForm[] }
  /** Exactly one of these. */
  | { readonly choice: readonly ElementForm[] }
  /** One of these, and then the members. */
  | { readonly choice: readonly ElementForm[]; readonly members: readonly ElementForm[] }
);

/** Of a query over REST; of an element below that of the operation over SOAP. A name in braces in the path is a parameter too. */
export type ServiceParameter = ValueForm & {
  readonly name: string;
  readonly describe: Text;
  readonly required?: true;
  /** It may hold a national id. Addresses of operations that have no such parameter are refused when one stands in them. */
  readonly nationalId?: true;
};

/** What has been read of an element: texts by name; of an element with members again such, of one that may come several times a list. `@name` is an attribute, `#` the text beside attributes. */
export type ReadElement = { readonly [name: string]: string | ReadElement | readonly (string | ReadElement)[] };

/** A request that has been held against its operation. */
export type ServiceCall = {
  readonly request: ApiRequest;
  readonly principal: Principal;
  readonly context: QueryContext;
  readonly via: 'rest' | 'soap';
  /** What was given, as sent; what was not is absent. Parameters of the path among them. Given empty is as not given. */
  readonly values: Readonly<Record<string, string>>;
  /** What stands in the body element; null where the operation takes none. */
  readonly body: ReadElement | null;
  /** The content type that the answer has: `application/xml`, `application/json` or one of the operation's `others`. Over SOAP always XML. */
  readonly type: string;
  /** For projections: of XML unless JSON is asked for. */
  readonly notation: Notation;
};

/** What a handler answers with. Texts are in the asked notation, without a namespace: the frame gives one to all of them. */
export type Handled =
  /** The answer element itself: `<person>…</person>`, or `{…}` in JSON. */
  | { readonly kind: 'one'; readonly text: string; readonly more?: AnsweredMore }
  /** Row elements one after another, some at a time; pulled as fast as the client reads. The frame writes what stands around and between them. */
  | { readonly kind: 'rows'; readonly rows: AsyncIterable<readonly string[]>; readonly more?: AnsweredMore }
  /** Of a write that is done, or that was taken and is not decided: code, words and status of HTTP are those of the table of statuses. */
  | {
      readonly kind: 'done';
      readonly status: 'ok' | 'waiting';
      /** By which the outcome is asked for. */
      readonly reference?: string;
      /** Seconds after which it is worth asking. */
      readonly retryAfter?: number;
    }
  /** Told as the status that its code stands for, unless `toldAs` (statuses.ts) has said another. */
  | { readonly kind: 'problem'; readonly problem: Problem };

export type AnsweredMore = {
  /** Attributes of the element around the rows (XML), members before them (JSON). */
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Quoted, strong or weak. A GET that has it already (`If-None-Match`) is answered with 304 over REST, and the rows are not asked for. */
  readonly etag?: string;
  /** Holds nothing of persons: caches may keep it so many seconds. Absent = `no-store`, or `no-cache` with an etag. */
  readonly publicSeconds?: number;
};

/** What the answer is. */
export type AnswerForm =
  | { readonly kind: 'one'; readonly element: ElementForm }
  /** `<name attributes…>` with rows in it. In JSON an object: the attributes, then the rows as a list by the name of the row. */
  | {
      readonly kind: 'rows';
      readonly name: string;
      readonly describe: Text;
      readonly attributes?: readonly AttributeForm[];
      readonly row: ElementForm;
      /** All rows that may stand in it, where several operations answer with the same element: `row` is one of them. Absent = `row` alone. */
      readonly among?: readonly ElementForm[];
    }
  /** `<status><kode/><melding/></status>`. */
  | { readonly kind: 'status' };

/** Another content type than XML and JSON that rows or the one answer come in, over REST. */
export type OtherType = {
  /** `text/csv`: what stands in Accept. */
  readonly type: string;
  /** With parameters, as it is sent: `text/csv; charset=utf-8; header=present`. */
  readonly sent?: string;
  readonly describe: Text;
  /** What stands before, between and after the texts of the rows. `open` may depend on the request: on attributes of the answer. */
  readonly open: string;
  readonly between: string;
  readonly close: string;
};

/** An example for the reference and for tests. `{name}` in values and body is filled in by whoever runs it. */
export type ServiceExample = {
  readonly summary: Text;
  readonly values?: Readonly<Record<string, string>>;
  /** XML text of the body element. */
  readonly body?: string;
  readonly status: number;
};

export type ServiceOperation = {
  /** Over SOAP the name of the element; in OpenAPI the operation id: `hentPerson`. Once in the service. */
  readonly name: string;
  /** Absent = not over REST. The path is below the prefix: `/hent/person/{personlopenr}`. */
  readonly rest?: { readonly method: 'GET' | 'POST'; readonly path: string };
  /** Absent = not over SOAP. */
  readonly soap?: true;
  readonly summary: Text;
  readonly describe: Text;
  /** In the order of the elements over SOAP. */
  readonly parameters: readonly ServiceParameter[];
  /** So many of these parameters have to be given, no more and no less. */
  readonly exactlyOne?: readonly string[];
  /** The element of the body; over SOAP it stands after the parameters. */
  readonly body?: ElementForm;
  /** Longest body, bytes. Absent = `limits.serviceBodyBytes`. */
  readonly bodyLimit?: number;
  /** The body is taken without a namespace too, as it is known to be sent. */
  readonly unqualifiedToo?: true;
  readonly answer: AnswerForm;
  readonly others?: readonly OtherType[];
  /** The form is drawn from what is known and is not public. Absent = of the operation it is public. */
  readonly reconstructed?: true;
  /** Under which contract it is offered; absent = that of the API. */
  readonly contract?: ContractMark;
  /** It changes something. */
  readonly writes?: true;
  readonly examples: readonly ServiceExample[];
  readonly handle: (call: ServiceCall) => Promise<Handled>;
};

/** Where a service is called over SOAP. `text` answers hold the document as one string, escaped, as old clients take it; `nested` ones hold its elements. */
export type SoapPort = { readonly path: string; readonly answers: 'nested' | 'text' };

/** A service of one catalogue entry. */
export type Service = {
  /** The catalogue id. */
  readonly id: string;
  /** Of the names of schema and WSDL: `bas`. */
  readonly name: string;
  readonly title: Text;
  readonly describe: Text;
  readonly status: ApiStatus;
  readonly version: string;
  /** `http://fsws.usit.no/schemas/bas`. */
  readonly namespace: string;
  /** Where its operations are over REST: `/fsrest/rest/bas`. Null = nowhere. */
  readonly prefix: string | null;
  /** Where its operations are over SOAP: none, or one for each way of answering. */
  readonly ports: readonly SoapPort[];
  /** What of it is reconstructed, in words; null = nothing. */
  readonly reconstructed: Text | null;
  readonly operations: readonly ServiceOperation[];
};

/** An announcement of what will go, as answers over SOAP tell it. */
export type EndingOfPart = {
  readonly coordinate: string;
  readonly announced: string;
  readonly earliestRemoval: string;
  readonly replacement: string | null;
  readonly message: string;
};

export type ServiceDeps = {
  /** Address of the hub without a trailing slash. */
  readonly baseUrl: () => string;
  /** What will go of the parts of an API that were used; an operation is a part, by its coordinate: `Bas/hentPerson`. */
  readonly endingOf: (api: string, uses: readonly string[]) => readonly EndingOfPart[];
  /** Whether the organisation of the caller has it; where not, the answer is that of an address where nothing is. Absent = every one has. */
  readonly offered?: (principal: Principal) => Promise<boolean>;
};
