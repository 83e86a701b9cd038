// apis/fs-graphql/events/days-property.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/events/days-property.test.ts';
