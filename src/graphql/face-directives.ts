// The directives of a face beside the standard ones: those by which a schema text says under which contract a part is offered and which flags open it
// (facts 2.3), and those of documents that ask for another way to be answered (facts 2.4). Used by build-schema.ts and print-sdl.ts.
import {
  DirectiveLocation,
  GraphQLDeferDirective,
  GraphQLDirective,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import type { Face } from './face.ts';

const contractDirective = new GraphQLDirective({
  name: 'contract',
  description:
    'Kontrakten som en del tilbys under, når den ikke er den som gjelder for hele API-et.\n\n' +
    'The contract under which a part is offered, where it is not that of the API as a whole.',
  args: { status: { type: new GraphQLNonNull(GraphQLString) }, since: { type: GraphQLString } },
  locations: [
    DirectiveLocation.OBJECT,
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.ARGUMENT_DEFINITION,
    DirectiveLocation.INTERFACE,
    DirectiveLocation.UNION,
    DirectiveLocation.ENUM,
    DirectiveLocation.ENUM_VALUE,
    DirectiveLocation.INPUT_OBJECT,
    DirectiveLocation.INPUT_FIELD_DEFINITION,
    DirectiveLocation.SCALAR,
  ],
});

/** As the original's own schema has it, on the kinds of parts that it has it on. */
const featureDirective = new GraphQLDirective({
  name: 'feature',
  description:
    'Flaggene (`Feature-Flags`) som åpner en del; ett av dem er nok.\n\n' +
    'The flags (`Feature-Flags`) that open a part; one of them is enough.',
  args: { flags: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))) } },
  locations: [
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.ARGUMENT_DEFINITION,
    DirectiveLocation.UNION,
    DirectiveLocation.ENUM_VALUE,
    DirectiveLocation.INPUT_FIELD_DEFINITION,
  ],
});

/** Documents may ask that errors stay where they are, null, and take nothing with them that must not be null. */
export const keepErrorsName = 'experimental_disableErrorPropagation';

const keepErrorsDirective = new GraphQLDirective({
  name: keepErrorsName,
  description:
    'Feil blir stående som null der de er, også der noe alltid har en verdi.\n\n' +
    'Errors stay as null where they are, also where there always is a value.',
  locations: [DirectiveLocation.QUERY, DirectiveLocation.MUTATION],
});

/** Answers come in one piece: what is deferred is in it, as the directive allows. */
const deferDirective = new GraphQLDirective({
  ...GraphQLDeferDirective.toConfig(),
  description:
    'Tas imot; det utsatte er med i svaret likevel, som kommer i ett.\n\n' +
    'Taken; what is deferred is in the answer all the same, which comes in one piece.',
});

/** Those that a face has, whatever flags are sent; `known` are its flags. */
export const directivesOf = (face: Face, known: ReadonlySet<string>): readonly GraphQLDirective[] => [
  contractDirective,
  ...(known.size === 0 ? [] : [featureDirective]),
  ...(face.answering === true ? [deferDirective, keepErrorsDirective] : []),
];
