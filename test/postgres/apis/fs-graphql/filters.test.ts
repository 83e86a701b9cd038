// apis/fs-graphql/filters.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-graphql/filters.test.ts';
