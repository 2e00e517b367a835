# Reads the JUnit file of ctest and the XML files of the GoogleTest programs it ran; prints
# "passed failed skipped". A program that wrote no XML counts as the one test it is to ctest. Names what
# was skipped, and why, on the standard error.
function attribute(name,   parts) {
  if (!match($0, " " name "=\"[^\"]*\"")) return ""
  parts = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
  gsub(/&#x0A;|&#10;/, " ", parts); gsub(/&quot;/, "\"", parts); gsub(/&apos;/, "'", parts); gsub(/&lt;/, "<", parts)
  gsub(/&gt;/, ">", parts); gsub(/&amp;/, "\\&", parts)
  return parts
}
FILENAME ~ /\.junit$/ {
  if (/<testcase /) outcome[attribute("name")] = attribute("status")
  next
}
FNR == 1 {
  program = FILENAME
  sub(/.*\//, "", program)
  sub(/(_[0-9]+)?\.xml$/, "", program)
}
/<testsuites / {
  seen[program] = 1
  failed_here[program] += attribute("failures") + attribute("errors")
  failed += attribute("failures") + attribute("errors")
}
/<testcase / {
  if (attribute("status") == "run" && attribute("result") != "skipped") ++ran
  test = attribute("classname") "." attribute("name")
}
/<testcase / && attribute("result") == "skipped" { ++skipped }
/<skipped / {
  why = attribute("message")
  sub(/^[^ ]*:[0-9]+ */, "", why)
  sub(/^Skipped */, "", why)
  print "skipped: " test (why == "" ? "" : ": " why) > "/dev/stderr"
}
END {
  passed = ran - failed
  for (name in outcome) {
    if (outcome[name] == "fail") {
      # Its own failures are counted already, if it lived to report them.
      if (!failed_here[name]) ++failed
    } else if (outcome[name] == "run") {
      if (!seen[name]) ++passed
    } else {
      ++skipped
      print "skipped: " name > "/dev/stderr"
    }
  }
  print passed + 0, failed + 0, skipped + 0
}
