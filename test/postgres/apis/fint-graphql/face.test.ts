// apis/fint-graphql/face.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fint-graphql/face.test.ts';
