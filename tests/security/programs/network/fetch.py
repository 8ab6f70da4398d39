"""Fetch each of the arguments with what the language has for it; one line each."""
import sys, urllib.request

for url in sys.argv[1:]:
    try:
        request = urllib.request.Request(url, headers={"Metadata-Flavor": "Google", "Metadata": "true"})
        print(f"{url}: done {urllib.request.urlopen(request, timeout=5).status}")
    except OSError as error:
        print(f"{url}: {error}")
