// apis/fs-graphql/roots.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-graphql/roots.test.ts';
