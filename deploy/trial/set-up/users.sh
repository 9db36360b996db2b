# Makes the two users of MinIO, each with its policy; may be run again at any time. MC_HOST_minio says where and as whom.
set -eu
until mc ready minio >/dev/null 2>&1; do sleep 1; done

# user NAME PASSWORD POLICY
user() {
  mc admin policy create minio "$3" "/policies/$3.json"
  mc admin user add minio "$1" "$2"
  # Attaching what is attached is refused.
  mc admin policy entities minio --user "$1" | grep -q "  $3\$" || mc admin policy attach minio "$3" --user "$1"
}

user "$READER" "$READER_PASSWORD" predictor
user "$TRAINER" "$TRAINER_PASSWORD" trainer
