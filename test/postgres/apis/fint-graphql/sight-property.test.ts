// apis/fint-graphql/sight-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fint-graphql/sight-property.test.ts';
