// Habits of scripts that fetch and run something without asking. Examples of rules with other verdicts than malicious.
rule Shell_Pipe_From_Network : script
{
  meta:
    description = "A shell script that pipes a download straight into an interpreter"
    family = "Script.Downloader"
    verdict = "suspicious"

  strings:
    $shebang = "#!"
    $fetch = /(curl|wget)[^\n|]{1,200}\|\s*(ba|da|z)?sh\b/

  condition:
    $shebang at 0 and $fetch
}

rule PowerShell_Encoded_Command : script
{
  meta:
    description = "PowerShell that hides what it runs in base64"
    family = "Script.Encoded"
    verdict = "suspicious"

  strings:
    $command = /powershell(\.exe)?\s[^\n]{0,100}-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40,}/ nocase

  condition:
    $command
}
