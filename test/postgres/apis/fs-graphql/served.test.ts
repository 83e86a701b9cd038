// apis/fs-graphql/served.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-graphql/served.test.ts';
