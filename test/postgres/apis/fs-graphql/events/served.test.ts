// apis/fs-graphql/events/served.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/events/served.test.ts';
