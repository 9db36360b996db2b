# Creates the two users of MinIO, each with its policy. May be run again at any time. MC_HOST_minio has address and credentials.
set -eu
until mc ready minio >/dev/null 2>&1; do sleep 1; done

# user NAME PASSWORD POLICY
user() {
  mc admin policy create minio "$3" "/policies/$3.json"
  mc admin user add minio "$1" "$2"
  # mc refuses to attach a policy twice.
  mc admin policy entities minio --user "$1" | grep -q "  $3\$" || mc admin policy attach minio "$3" --user "$1"
}

user "$READER" "$READER_PASSWORD" predictor
user "$TRAINER" "$TRAINER_PASSWORD" trainer
