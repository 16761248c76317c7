#!/bin/sh
# Vendors Swagger UI as built files: sh vendor.sh [VERSION].
set -eu
cd "$(dirname "$0")"
version=${1:-5.35.0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "swagger-ui-dist@$version" && tar -xzf "swagger-ui-dist-$version.tgz")
cd "$work/package"
for file in swagger-ui-bundle.js swagger-ui.css; do
	sed '/^\/[/*]# sourceMappingURL=/d' "$file" | gzip -9n >"$OLDPWD/$file.gz"
done
cp LICENSE NOTICE swagger-ui-bundle.js.LICENSE.txt "$OLDPWD"
echo "$version" >"$OLDPWD/VERSION"
