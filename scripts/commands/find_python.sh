# Sourced by the starters, with $root set: leaves in $python the first Python that is new enough.
# Set PYTHON to choose one yourself.

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
python=
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$new_enough" 2>/dev/null; then
        python=$candidate
        break
    fi
    [ -z "${PYTHON:-}" ] || break
done
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="no ${PYTHON:-python3}"
    {
        echo "Lianbing needs Python 3.11 or newer; here is $found."
        echo "On Debian 12: sudo apt-get install python3 python3-venv"
        echo "Or name one: PYTHON=/path/to/python3 $0"
    } >&2
    exit 1
fi
