// apis/fs-graphql/api.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-graphql/api.test.ts';
