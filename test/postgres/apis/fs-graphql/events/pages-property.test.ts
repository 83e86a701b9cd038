// apis/fs-graphql/events/pages-property.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/events/pages-property.test.ts';
