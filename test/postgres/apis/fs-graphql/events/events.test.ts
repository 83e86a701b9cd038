// apis/fs-graphql/events/events.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/events/events.test.ts';
