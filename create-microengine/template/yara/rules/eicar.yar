// The test file that every scanner agrees on. Its text is matched in pieces: in one, this file would be detected itself.
rule EICAR_Test_File
{
  meta:
    description = "The EICAR standard anti-virus test file, anywhere in an artifact"
    family = "EICAR-Test-File"
    confidence = 100

  strings:
    $head = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
    $tail = "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

  condition:
    for any i in (1..#head) : ($tail at @head[i] + !head[i])
}
