// The directive by which a schema text says under which contract a part is offered (facts 2.3). Used by build-schema.ts and print-sdl.ts.
import { DirectiveLocation, GraphQLDirective, GraphQLNonNull, GraphQLString } from 'graphql';

export const contractDirective = new GraphQLDirective({
  name: 'contract',
  description:
    'Kontrakten som en del tilbys under, når den ikke er den som gjelder for hele API-et.\n\n' +
    'The contract under which a part is offered, where it is not that of the API as a whole.',
  args: { status: { type: new GraphQLNonNull(GraphQLString) } },
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
