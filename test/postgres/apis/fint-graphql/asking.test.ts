// apis/fint-graphql/asking.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fint-graphql/asking.test.ts';
